"""`edge-agent doctor`."""
