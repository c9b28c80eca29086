"""Passwords of devices and brokers, encrypted in the data folder."""
