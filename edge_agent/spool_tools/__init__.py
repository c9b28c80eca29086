"""Commands on the spool of an agent."""
