"""Evaluations per second of four typical formulas, in Python and in the browser's code (run by Node)."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import asdict
from typing import Any

from schemas.codegen.__main__ import ROOT
from schemas.expr import Context, Value, compile_expression
from tests.bench.row import Row, table

SECONDS = 1.0
FORMULAS = {
    "arithmetic": "t * 1.8 + 32",
    "condition": "t > 80 && state == 2 || !is_good(p) ? 'warm' : 'ok'",
    "list filter and map": "sum(list.filter(x, x > 2).map(x, x * 2))",
    "text": "name + ': ' + format(t, 1) + ' °C'",
}
VARS: dict[str, dict[str, Any]] = {
    "t": {"v": 25.5, "q": 0, "ts": 1_780_271_999_000_000},
    "p": {"v": 3.1, "q": 0, "ts": 1_780_271_998_000_000},
    "state": {"v": 2.0, "q": 0, "ts": 1_780_271_997_000_000},
    "name": {"v": "泵站一号", "q": 0, "ts": None},
    "list": {"v": [1.0, 2.0, 3.0, 4.0, 5.0], "q": 0, "ts": 1_780_271_999_000_000},
}
CONTEXT = Context(1_780_272_000_000_000, "Asia/Shanghai")
#: Reference measurements of CEL engines on the same kinds of formula (JavaScript; Python).
PEERS = ("cel-js 0.68–11.9 M/s, bufbuild 55–815 k/s", "Google C++ 69–284 k/s, cel-python 1.5–4.8 k/s")


def in_python(text: str) -> float:
    """Evaluations per second."""
    run = compile_expression(text)
    variables = {name: Value(given["v"], given["q"], given["ts"]) for name, given in VARS.items()}
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(1000):
            run(variables, CONTEXT)
        count += 1000
    return count / (time.perf_counter() - start)


def in_browser_code() -> list[float]:
    """Evaluations per second of each formula."""
    node = shutil.which("node")
    assert node, "needs Node.js"
    job = {"formulas": list(FORMULAS.values()), "vars": VARS, "context": asdict(CONTEXT), "seconds": SECONDS}
    done = subprocess.run(
        [node, "scripts/expr-bench.mjs"],
        cwd=ROOT / "app_designer",
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=True,
    )
    figures: list[float] = json.loads(done.stdout)
    return figures


def run() -> list[Row]:
    """One row per formula and language."""
    rows = []
    for (name, text), browser in zip(FORMULAS.items(), in_browser_code(), strict=True):
        method = f"`{text.replace('||', 'or')}`"
        rows.append(Row(f"Expression, browser: {name}", browser, "/s", "", PEERS[0], method))
        rows.append(Row(f"Expression, Python: {name}", in_python(text), "/s", "", PEERS[1], method))
    return rows


if __name__ == "__main__":
    print(table(run()))
