"""Shared means of the tests: processes, a real broker, waiting with a limit."""
