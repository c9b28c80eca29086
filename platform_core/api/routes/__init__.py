"""One module per noun; no logic here."""
