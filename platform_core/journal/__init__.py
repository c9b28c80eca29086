"""The fsynced journal in front of every store: what it holds has been acknowledged."""
