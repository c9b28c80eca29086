"""CSV folder: rows of files that a machine writes."""
