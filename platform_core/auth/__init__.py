"""Who is asking, and may they: accounts, sessions, tokens, and the one decision ``authorise``."""

from platform_core.auth.policy import Action, Principal, Resource, authorise

__all__ = ["Action", "Principal", "Resource", "authorise"]
