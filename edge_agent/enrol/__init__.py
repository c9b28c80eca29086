"""Bringing this agent to a platform: a token traded for credentials of its own."""
