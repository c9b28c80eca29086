"""Store and forward: the spool, the one thread that writes it, and the identity of tags."""
