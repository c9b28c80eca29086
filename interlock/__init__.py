"""The thin launcher: starts the parts of Interlock as child processes by module name and imports none of them."""

__all__: list[str] = []
