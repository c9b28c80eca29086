"""A simulated stamping line: three presses whose states, counters and physics hang together."""
