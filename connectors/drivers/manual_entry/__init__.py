"""Manual entry: values that people at the machine type."""
