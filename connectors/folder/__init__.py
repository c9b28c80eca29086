"""Folders as drivers meet them: calls that may hang, files that grow, and how far each was read."""
