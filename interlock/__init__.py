"""The thin launcher: starts the parts of Interlock as child processes and imports none of them."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("interlock")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0.0.0"

__all__ = ["__version__"]
