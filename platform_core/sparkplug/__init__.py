"""The platform as a Sparkplug B host application: nodes of other makers become tags like any other."""
