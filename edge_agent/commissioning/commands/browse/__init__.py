"""`edge-agent browse`."""
