"""A device whose every value follows from its tag and a tick, so that whatever was stored can be checked."""
