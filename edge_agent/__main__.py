"""`python -m edge_agent …` and the console script `edge-agent`."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

from edge_agent.cli import EXIT_FAILED, run_cli


def main() -> None:
    """Runs the command line and exits with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A Windows console of an old code page cannot show every unit or name: a ? then, not an end.
            stream.reconfigure(errors="replace")
    code: int | str | None
    try:
        try:
            code = run_cli(sys.argv[1:])
        except SystemExit as end:  # --help and wrong options
            code = end.code
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has enough of it, as `| head` has
        if not _discard_output():
            raise  # of something else: it is to be seen
        code = EXIT_FAILED
    sys.exit(code)


def _discard_output() -> bool:
    """Whether nobody reads the output any more. What is still to be written then goes nowhere: else the end of the
    program would complain of it."""
    broken = bool(getattr(sys.stdout, "write_through", False))  # which keeps nothing that could be tried again
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            broken = True
            with suppress(OSError, ValueError):
                os.dup2(nowhere, stream.fileno())
    return broken


if __name__ == "__main__":
    main()
