"""Calculated tags: formulas over the values the agent reads, totals that survive its end."""
