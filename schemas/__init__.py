"""The vocabulary of Interlock: documents, wire formats, quality codes and errors. No I/O."""
