"""The identity of an agent as a file: exported, checked, taken over by the machine that replaces it."""
