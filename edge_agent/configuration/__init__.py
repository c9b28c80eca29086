"""Services that make and change a configuration: import and export of tags, templates, versions.

Each takes and returns plain data, so that commands and pages use the same.
"""
