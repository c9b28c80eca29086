"""Further outputs beside the native wire, each by an option and each a file: what carries the promise is the spool."""
