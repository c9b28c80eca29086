"""The edge agent: polls machines, keeps every sample safe on disk, hands it to the platform."""

__version__ = "0.1.0"
