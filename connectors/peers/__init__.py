"""Device peers: real protocol servers that stand in for machines, in tests and in the demo plant.

Each peer runs as a process (``python -m connectors.peers.<name>``) and as an async context manager
inside a test, and answers through the protocol libraries' own servers unless it says otherwise.
"""
