"""Measurements (`make bench`): figures with their budget and peer, never timed assertions."""
