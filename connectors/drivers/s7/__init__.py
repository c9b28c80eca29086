"""Siemens S7 driver."""
