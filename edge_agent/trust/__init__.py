"""Which servers the agent believes, by command."""
