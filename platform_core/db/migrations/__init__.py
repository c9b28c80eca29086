"""Alembic scripts, one per step, in order. They never import the tables: a step stays what it was."""
