"""Values that people at the machine type: found by their tag, given a time, kept on the disk."""
