"""Steps of install.py; the standard library alone, for there is nothing else yet."""
