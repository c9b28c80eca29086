"""A three-phase energy meter that says by SunSpec what its registers are, to try the agent with."""
