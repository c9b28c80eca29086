"""`edge-agent read`."""
