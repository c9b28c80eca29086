"""What `interlock up` shows: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import re
import time
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from interlock.assembly import Assembly
from interlock.child import Child
from interlock.datafolder import read_json
from interlock.fleet import Fleet

PLAIN_EVERY_S = 10.0
LIVE_EVERY_S = 0.5
LOOK_EVERY_S = 1.0
MARKS = {"up": ("●", "green"), "starting": ("◐", "yellow"), "waiting": ("○", "dim"), "pausing": ("▲", "red")}
SPOOL_METRIC = re.compile(r"^interlock_agent_(pending_points|pending_bytes|spool_bytes) ([0-9.e+]+)$", re.M)


def metric_values(text: str) -> dict[str, float]:
    """The spool's figures in an agent's metrics."""
    return {name: float(value) for name, value in SPOOL_METRIC.findall(text)}


class Status:
    """Figures the parts tell about themselves, looked at once a second."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self.platform: dict[str, object] = {}
        self.spool: dict[str, float] = {}
        self.told: deque[str] = deque(maxlen=6)
        self._next = 0.0

    def look(self, *, agent_up: bool, platform_up: bool) -> None:
        """Read status file and metrics when a second has passed."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_EVERY_S
        folder = self._assembly.folder
        self.platform = read_json(folder.platform / "status.json") if platform_up else {}
        self.spool = self._metrics(folder.agents / self._assembly.edge / "data") if agent_up else {}

    @staticmethod
    def _metrics(data: Path) -> dict[str, float]:
        with contextlib.suppress(OSError, ValueError, urllib.error.URLError):
            address = (data / "metrics.addr").read_text("utf-8").strip()
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=0.3) as answer:
                return metric_values(answer.read(1 << 20).decode("utf-8", "replace"))
        return {}

    @property
    def setup_url(self) -> str:
        """The one-time link that makes the first administrator, or nothing."""
        return str(self.platform.get("setup_url") or "")

    def figures(self) -> str:
        """Points per second, tags, edges, spool in one line."""
        if not self.platform:
            return "no figures yet"
        edges = self.platform.get("edges")
        rows = [edge for edge in edges if isinstance(edge, dict)] if isinstance(edges, list) else []
        online = sum(bool(edge.get("online")) for edge in rows)
        rate, tags = self.platform.get("points_per_s"), self.platform.get("tags", 0)
        text = f"{rate if isinstance(rate, int | float) else 0:,.0f} points/s · {tags} tag{'' if tags == 1 else 's'}"
        text += f" · {online}/{len(rows)} edge{'' if len(rows) == 1 else 's'} online"
        if self.spool:
            waiting = f"{self.spool.get('pending_points', 0.0):,.0f}"
            text += f" · spool {waiting} point{'' if waiting == '1' else 's'} waiting"
            text += f", {self.spool.get('spool_bytes', 0.0) / (1 << 20):,.1f} MiB"
        return text


class View:
    """Shows the fleet; use as a context manager around its run."""

    def __init__(self, assembly: Assembly, console: Console) -> None:
        self.status = Status(assembly)
        self._assembly = assembly
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=False) if console.is_terminal else None
        self._next_line = 0.0
        self._shown = ""
        self._announced = ""

    def __enter__(self) -> View:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            with contextlib.suppress(OSError):
                self._live.stop()

    def tell(self, text: str) -> None:
        """An event worth a line."""
        line = f"{time.strftime('%H:%M:%S')} {text}"
        if self._live is None:
            self._print(line)
        else:
            self.status.told.append(line)

    def _print(self, line: str) -> None:
        with contextlib.suppress(OSError):  # the window may be gone; the parts still have to be ended in order
            print(line, flush=True)

    def refresh(self, fleet: Fleet) -> None:
        """Called several times a second; shows what changed at its own pace."""
        up = {name for name, child in fleet.children.items() if child.state == "up"}
        self.status.look(agent_up="agent" in up, platform_up="platform" in up)
        if self._live is not None:
            states = str([(child.state, child.restarts) for child in fleet.children.values()])
            if states != self._shown or time.monotonic() >= self._next_line:
                self._shown, self._next_line = states, time.monotonic() + LIVE_EVERY_S
                with contextlib.suppress(OSError):
                    self._live.update(self._table(fleet), refresh=True)
            return
        self._announce("platform" in up)
        if time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + PLAIN_EVERY_S
            states = " ".join(f"{name}={child.state}" for name, child in fleet.children.items())
            self._print(f"{time.strftime('%H:%M:%S')} {states} | {self.status.figures()}")

    def _announce(self, platform_up: bool) -> None:
        link = self.status.setup_url or self._assembly.address
        if platform_up and self.status.platform and link != self._announced:
            self._announced = link
            self._print(f"Set up the first account: {link}" if self.status.setup_url else f"Open {link}")

    def _table(self, fleet: Fleet) -> Group:
        table = Table.grid(padding=(0, 2))
        for name, child in fleet.children.items():
            mark, style = MARKS.get(child.state, ("·", "dim"))
            table.add_row(Text(mark, style), name, Text(child.state, style), Text(describe(child), "dim"))
        head = Text.assemble(("Interlock", "bold"), "  ", self.status.figures())
        lines: list[Text] = [head]
        if link := self.status.setup_url:
            lines.append(Text.assemble("Set up the first account: ", (link, "bold cyan")))
        elif self.status.platform:
            lines.append(Text.assemble("Open ", (self._assembly.address, "bold cyan")))
        foot = [Text(line, "dim") for line in self.status.told]
        foot.append(Text(f"Data and logs: {self._assembly.folder.root}   Ctrl-C stops everything", "dim"))
        return Group(*lines, table, *foot)


def describe(child: Child) -> str:
    """Process, restarts and the reason of the last end, in a few words."""
    words = [f"process {child.pid}"] if child.pid else []
    if child.restarts:
        words.append(f"started again {child.restarts}×")
    if child.state == "pausing":
        words.append(f"next start in {child.pause_left_s:.0f} s")
    if child.reason:
        words.append(child.reason)
    return " · ".join(words)
