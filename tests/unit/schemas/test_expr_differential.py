"""Random formulas give the same in Python and in the browser.

The small set is a file: pytest makes it again from its seed, vitest evaluates it (differential.test.ts). After a change
of meaning: `python -m tests.unit.schemas.test_expr_differential` writes it. `make chaos` compares a million.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.codegen.__main__ import ROOT
from schemas.expr import Context, Value, VarType, check, evaluate

SAMPLE = ROOT / "schemas/expr/differential.jsonl"
SAMPLE_SEED, SAMPLE_SIZE = 20260601, 300
BATCH = 20_000
NOW = 1_780_272_000_000_000
ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
NUMBERS = ("0", "1", "2", "3", "10", "0.5", "2.5", "1e3", "1.005", "100", "0.1", "1e308", "7", "3600", "1780272000")
TEXTS = ("'a'", "'泵站'", "'😀'", "''", "'12.5'", "'ß'", "' x '", "'A-17'", "'，'", "'UTC'", "'Asia/Shanghai'")
UNITS = (
    "",
    "",
    "°C",
    "°F",
    "bar",
    "kPa",
    "psi",
    "kW",
    "h",
    "min",
    "m3/h",
    "l",
    "pcs",
    "carton",
    "%",
    "件",
    "m",
    "mm/s",
)
QUALITIES = (0, 0, 0, 0, 0, 1, 64, 66, 128, 129, 130, 140)
KINDS = ("number", "string", "boolean", "list", "any")


class Grower:
    """Grows random formulas, mostly of fitting kinds, and what their names stand for."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.locals: list[str] = []

    def of(self, kind: str, depth: int) -> str:
        """A formula of a kind; now and then of another."""
        if self.rng.random() < 0.04:
            kind = self.rng.choice(KINDS)
        if kind == "any":
            kind = self.rng.choice(KINDS[:4])
        if depth <= 0 or self.rng.random() < 0.15:
            return self._leaf(kind)
        return str(getattr(self, f"_{kind}")(depth - 1))

    def _leaf(self, kind: str) -> str:
        if self.locals and self.rng.random() < 0.4:
            return self.rng.choice(self.locals)
        if kind == "number":
            return self.rng.choice((*NUMBERS, "a", "b", "c", "a", "b", "k", "event.value"))
        if kind == "string":
            return self.rng.choice((*TEXTS, "s", "s2", "event.name"))
        if kind == "boolean":
            return self.rng.choice(("true", "false", "yes", "no", "null", "event.flag"))
        return self.rng.choice(("list", "names", "[]", "[a, b, c]", "[1, 2, 3]", "[a, null]"))

    def _args(self, kinds: str, depth: int) -> str:
        full = {"n": "number", "s": "string", "b": "boolean", "l": "list", "x": "any"}
        return ", ".join(self.of(full[kind], depth) for kind in kinds)

    def _call(self, table: dict[str, tuple[str, ...]], depth: int) -> str:
        name = self.rng.choice(list(table))
        return f"{name}({self._args(self.rng.choice(table[name]), depth)})"

    def _common(self, kind: str, depth: int) -> str:
        pick = self.rng.randrange(5)
        if pick == 0:
            return f"({self.of('boolean', depth)} ? {self.of(kind, depth)} : {self.of(kind, depth)})"
        if pick == 1:
            return f"coalesce({self.of(kind, depth)}, {self.of(kind, depth)})"
        if pick == 2:
            return f"switch({self._args('xx', depth)}, {self.of(kind, depth)}, {self.of(kind, depth)})"
        if pick == 3:
            return f"last_good({self.rng.choice('abc')})"
        return f"{self.of('list', depth)}[{self.rng.choice(('0', '1', 'k', '5', self.of('number', 0)))}]"

    def _number(self, depth: int) -> str:
        pick = self.rng.random()
        if pick < 0.4:
            op = self.rng.choice("+-*/%")
            return f"({self.of('number', depth)} {op} {self.of('number', depth)})"
        if pick < 0.5:
            return self._common("number", depth)
        if pick < 0.55:
            return f"-{self.of('number', depth)}"
        if pick < 0.62:
            unit = self.rng.choice(UNITS)
            return f"convert({self.of('number', depth)}, '{unit}')"
        return self._call(
            {
                "abs": ("n",), "min": ("nn", "l", "nnn"), "max": ("nn", "l"), "round": ("n", "nn"), "floor": ("n",),
                "ceil": ("n",), "sqrt": ("n",), "pow": ("nn",), "log": ("n",), "exp": ("n",), "clamp": ("nnn",),
                "sign": ("n",), "size": ("s", "l"), "number": ("x", "s"), "sum": ("l", "nn"), "avg": ("l", "nn"),
                "count": ("l",), "quality": ("x",), "age": ("x",), "timestamp": ("x",), "now": ("",),
                "hour": ("n", "ns"), "day": ("n",), "weekday": ("n", "ns"), "minute": ("n",), "month": ("n",),
                "year": ("n",), "second": ("n",), "minutes": ("n",), "hours": ("n",), "days": ("n",), "seconds": ("n",),
            },
            depth,
        )  # fmt: skip

    def _string(self, depth: int) -> str:
        pick = self.rng.random()
        if pick < 0.25:
            return f"({self.of('string', depth)} + {self.of('string', depth)})"
        if pick < 0.35:
            return self._common("string", depth)
        if pick < 0.42:
            return f"format_time({self.of('number', depth)}, 'yyyy-MM-dd HH:mm EEE')"
        return self._call(
            {
                "upper": ("s",), "lower": ("s",), "trim": ("s",), "substring": ("sn", "snn"), "replace": ("sss",),
                "format": ("nn",), "string": ("x", "n", "n"), "join": ("ls",), "unit": ("x", "n"),
            },
            depth,
        )  # fmt: skip

    def _boolean(self, depth: int) -> str:
        pick = self.rng.random()
        if pick < 0.3:
            op = self.rng.choice(("&&", "||", "and", "or"))
            return f"({self.of('boolean', depth)} {op} {self.of('boolean', depth)})"
        if pick < 0.6:
            kind = self.rng.choice(("number", "number", "string"))
            op = self.rng.choice(("<", "<=", ">", ">=", "==", "!="))
            return f"({self.of(kind, depth)} {op} {self.of(kind, depth)})"
        if pick < 0.66:
            return f"({self.of('any', depth)} in {self.of('list', depth)})"
        if pick < 0.72:
            return f"!{self.of('boolean', depth)}"
        if pick < 0.78:
            return self._common("boolean", depth)
        if pick < 0.88:
            return self._macro(self.rng.choice(("all", "exists")), "boolean", depth)
        return self._call(
            {
                "is_good": ("x",), "is_bad": ("x",), "is_uncertain": ("x",), "contains": ("ss",),
                "starts_with": ("ss",), "ends_with": ("ss",),
            },
            depth,
        )  # fmt: skip

    def _macro(self, name: str, kind: str, depth: int) -> str:
        source = self.of("list", depth)
        self.locals.append(f"x{len(self.locals)}")
        body = self.of(kind, depth)
        variable = self.locals.pop()
        return f"{source}.{name}({variable}, {body})"

    def _list(self, depth: int) -> str:
        pick = self.rng.random()
        if pick < 0.4:
            return self._macro("map", "any", depth)
        if pick < 0.7:
            return self._macro("filter", "boolean", depth)
        return f"[{', '.join(self.of('any', depth) for _ in range(self.rng.randrange(4)))}]"

    def _input(self, v: Any) -> dict[str, Any]:
        q = self.rng.choice(QUALITIES)
        given: dict[str, Any] = {"v": None if q >= 128 else v, "q": q}
        given["ts"] = self.rng.choice((None, NOW - self.rng.randrange(10**9), NOW - self.rng.randrange(10**6)))
        unit = self.rng.choice(UNITS)
        if unit and isinstance(v, float):
            given["unit"] = unit
        if self.rng.random() < 0.3:
            given["good"] = {"v": v, "ts": NOW - 10**10}
        return given

    def inputs(self) -> dict[str, dict[str, Any]]:
        """What the names of a formula stand for."""
        rng = self.rng
        number = lambda: rng.choice((0.0, 1.0, -2.5, 25.5, 1e-9, 123456.789, round(rng.uniform(-1e4, 1e4), rng.randrange(6)), rng.gauss(0, 1)))  # noqa: E731, E501  # fmt: skip
        out = {name: self._input(number()) for name in "abck"}
        out |= {name: self._input(rng.choice(("", "泵😀b", "Straße 5", "12", "阀"))) for name in ("s", "s2")}
        out |= {name: self._input(rng.random() < 0.5) for name in ("yes", "no")}
        out["list"] = self._input([number() for _ in range(rng.randrange(5))])
        out["names"] = self._input(["泵", "x"])
        out["event"] = self._input({"value": number(), "name": "启动", "flag": True})
        return out


def types_of(inputs: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Kinds of the inputs, as the designer would know them."""
    kinds = {
        "list": {"type": "list", "items": {"type": "number"}},
        "names": {"type": "list"},
        "event": {"type": "record"},
    }
    kinds |= {name: {"type": "string"} for name in ("s", "s2")} | {name: {"type": "boolean"} for name in ("yes", "no")}
    return {
        name: {**kinds.get(name, {"type": "number"}), **({"unit": given["unit"]} if "unit" in given else {})}
        for name, given in inputs.items()
    }


def mangled(rng: random.Random, text: str) -> str:
    """A formula with a mistake in it, or half of one."""
    at = rng.randrange(len(text) + 1)
    if rng.random() < 0.5:
        return text[:at]
    return text[:at] + rng.choice("()[]'\"+-*/.,?:!=<>&|#泵😀（，1a \\") + text[at + rng.randrange(2) :]


def cases(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Random cases: the same for the same seed."""
    rng = random.Random(seed)
    grower = Grower(rng)
    for _ in range(count):
        text = grower.of(rng.choice(KINDS), rng.choice((1, 2, 2, 3, 3, 4)))
        if rng.random() < 0.12:
            text = mangled(rng, text)
        inputs = grower.inputs()
        language = rng.choice(("en", "zh-CN"))
        context = {"now": NOW + rng.randrange(10**14), "zone": rng.choice(ZONES), "language": language}
        yield {"text": text, "vars": inputs, "types": types_of(inputs), "context": context}


def value_of(given: dict[str, Any]) -> Value:
    good = given.get("good")
    return Value(given["v"], given["q"], given["ts"], given.get("unit", ""), (good["v"], good["ts"]) if good else None)


def type_of(given: dict[str, Any]) -> VarType:
    items = type_of(given["items"]) if "items" in given else None
    return VarType(given["type"], given.get("unit", ""), items)


def result_of(case: dict[str, Any]) -> dict[str, Any]:
    """What Python makes of a case, as JSON."""
    variables = {name: value_of(given) for name, given in case["vars"].items()}
    result = evaluate(case["text"], variables, Context(**case["context"]))
    checked = check(case["text"], {name: type_of(given) for name, given in case["types"].items()})
    problems = [[item.code, item.start, item.end, dict(item.values)] for item in checked.problems]
    value = [result.v, result.q, result.ts, result.unit, result.why]
    return {"value": value, "check": [checked.type, checked.unit, problems]}


def used(case: dict[str, Any]) -> dict[str, Any]:
    """A case with nothing but what its text may read, to keep the file small."""
    vars_ = {name: given for name, given in case["vars"].items() if name in case["text"]}
    types = {name: given for name, given in case["types"].items() if name in vars_}
    return {**case, "vars": vars_, "types": types}


def sample() -> str:
    """The small set with Python's results, one case a line."""
    lines = []
    for case in cases(SAMPLE_SEED, SAMPLE_SIZE):
        small = used(case)
        lines.append(json.dumps({**small, "want": result_of(small)}, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def kinds(value: Any) -> Any:
    """A value with its kinds: `True` is not 1."""
    if isinstance(value, list):
        return [kinds(item) for item in value]
    return (isinstance(value, bool), value)


def test_python_gives_what_the_small_set_says() -> None:
    assert SAMPLE.read_text("utf-8") == sample()


def test_results_are_sound() -> None:
    """Bad has no value, good has no infinity, and the quality is one."""
    for case in cases(7, 800):
        v, q, ts, _, why = result_of(case)["value"]
        assert 0 <= q <= 255
        assert isinstance(ts, int)
        assert v is None or q < 128, case["text"]
        assert not why or q >= 128
        json.dumps(v, allow_nan=False)


def compare(seed: int, count: int) -> int:
    """Differences between Python and the browser's code over `count` cases; prints the first."""
    node = shutil.which("node")
    assert node, "needs Node.js"
    differences, done, source = 0, 0, cases(seed, count)
    while batch := list(itertools.islice(source, BATCH)):
        answers = subprocess.run(
            [node, "scripts/expr-peer.mjs"],
            cwd=ROOT / "app_designer",
            input="".join(json.dumps(case) + "\n" for case in batch),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout.splitlines()
        for case, answer in zip(batch, answers, strict=True):
            want = result_of(case)
            # JavaScript writes 1e18 as an integer, which Python would read more exactly than it was.
            got = json.loads(answer, parse_int=float)
            if kinds(got["value"]) != kinds(want["value"]) or got["check"] != want["check"]:
                differences += 1
                if differences <= 5:
                    print("DIFFERS", json.dumps(used(case), ensure_ascii=False), "python", want, "browser", got)
        done += len(batch)
        print(f"{done} compared, {differences} differ", flush=True)
    return differences


def test_the_comparison_tells_kinds_apart() -> None:
    assert kinds([True, [1.0]]) != kinds([1.0, [1.0]])
    assert kinds([None, 128]) != kinds([0.0, 128])
    assert kinds([1, ["a", 2]]) == kinds([1.0, ["a", 2.0]])


@pytest.mark.chaos
@pytest.mark.timeout(7200)
def test_a_million_random_formulas_give_the_same() -> None:
    count = int(os.environ.get("INTERLOCK_EXPR_CASES", "1000000"))
    assert compare(int(os.environ.get("INTERLOCK_EXPR_SEED", "1")), count) == 0


if __name__ == "__main__":
    SAMPLE.write_text(sample(), "utf-8", newline="\n")
