"""`python -m edge_agent …` and the console script `edge-agent`."""

from __future__ import annotations

import sys

from edge_agent.cli import run_cli


def main() -> None:
    """Runs the command line and exits with its code."""
    sys.exit(run_cli(sys.argv[1:]))


if __name__ == "__main__":
    main()
