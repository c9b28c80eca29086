"""The present: latest values, how fresh they are, and who is watching."""
