"""`edge-agent record`."""
