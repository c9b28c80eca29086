"""The agent as a service of Windows."""
