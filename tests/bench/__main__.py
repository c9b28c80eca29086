"""`python -m tests.bench [name …] [--write]`: runs every bench_*.py of this folder, one after the other.

`--write` puts the figures into docs/benchmarks.md, between its markers. Exit status 1 only when a bench
could not run: a figure over its budget is printed, it is not an error.
"""

from __future__ import annotations

import datetime
import importlib
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests.bench.row import Row, machine, table

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"


def names() -> list[str]:
    """Benches found, by file name without `bench_`."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def run(chosen: list[str]) -> tuple[dict[str, list[Row]], list[str]]:
    """Figures by bench, and the benches that could not run."""
    figures: dict[str, list[Row]] = {}
    failed: list[str] = []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        start = time.monotonic()
        try:
            figures[name] = importlib.import_module(f"tests.bench.bench_{name}").run()
        except Exception:  # noqa: BLE001 - one bench that cannot run must not hide the others
            traceback.print_exc()
            failed.append(name)
            continue
        print(table(figures[name]))
        print(f"({time.monotonic() - start:.0f} s)", flush=True)
    return figures, failed


def write(figures: dict[str, list[Row]]) -> None:
    """Replaces the figures in docs/benchmarks.md."""
    text = PAGE.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    parts = [f"Measured {today} on {machine()}.\n"]
    for name, rows in figures.items():
        parts += [f"### {name.replace('_', ' ').capitalize()}\n", table(rows) + "\n"]
    PAGE.write_text(head + BEGIN + "\n" + "\n".join(parts) + "\n" + END + tail, "utf-8")


def end_by_signal(number: int, _frame: FrameType | None) -> NoReturn:
    """Leaves through every `finally`: each ends the processes it has started."""
    raise SystemExit(128 + number)


def end_in_order() -> None:
    """SIGTERM and SIGHUP end the run as Ctrl-C does, with its children.

    SIGINT is set as well: a run started in the background inherits it as ignored.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if number := getattr(signal, name, None):
            signal.signal(number, end_by_signal)


def main(arguments: list[str]) -> int:
    """Command line."""
    end_in_order()
    chosen = [one for one in arguments if not one.startswith("--")] or names()
    unknown = sorted(set(chosen) - set(names()))
    if unknown:
        print(f"No such bench: {', '.join(unknown)}. There are: {', '.join(names())}.")
        return 2
    print(machine())
    figures, failed = run(chosen)
    if "--write" in arguments:
        write(figures)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
