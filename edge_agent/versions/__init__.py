"""What the configuration was: each applied version kept, and changes of several files made as one."""
