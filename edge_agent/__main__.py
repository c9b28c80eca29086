"""`python -m edge_agent …` and the console script `edge-agent`."""

from __future__ import annotations

import io
import sys

from edge_agent.cli import run_cli


def main() -> None:
    """Runs the command line and exits with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A Windows console of an old code page cannot show every unit or name: a ? then, not an end.
            stream.reconfigure(errors="replace")
    sys.exit(run_cli(sys.argv[1:]))


if __name__ == "__main__":
    main()
