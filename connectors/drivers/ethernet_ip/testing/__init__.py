"""A small Logix controller for tests: tags, services and encapsulation, written by the specification alone."""
