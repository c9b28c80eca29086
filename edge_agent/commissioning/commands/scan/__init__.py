"""`edge-agent scan`."""
