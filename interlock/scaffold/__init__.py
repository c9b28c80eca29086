"""Scaffolds for whoever adds a driver or a component: the smallest folder that works and passes its suite."""
