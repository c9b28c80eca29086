"""The commands of commissioning: they print what the services beside this folder found."""
