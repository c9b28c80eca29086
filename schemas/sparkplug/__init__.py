"""Sparkplug B (Sparkplug 3.0): payloads, topics and the state of a host; for both ends, no I/O."""
