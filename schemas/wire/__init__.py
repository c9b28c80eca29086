"""Messages between an edge agent and the platform, byte by byte (docs/reference/wire.md)."""
