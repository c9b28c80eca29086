"""Connections and templates that the platform changes: checked, tried, kept or taken back."""
