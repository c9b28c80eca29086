"""Whatever is typed into a formula: no exception, no infinity, no long run, places inside of the text."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.expr import Compiled, Context, Value, VarType, check, compile_expression, evaluate, wide_integer
from schemas.expr.value import STEPS_MAX

PIECES = (
    *("a b event . value ( ) [ ] , + - * / % < > == != && || ! ? : in not and or true null".split()),  # noqa: SIM905
    *("1 2.5 'x' \"泵\" '😀 round( sum( map( .filter( x, coalesce( convert( 'bar' __class__ \\u{ # ” （".split()),  # noqa: SIM905
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from([*PIECES, " "]), max_size=40).map("".join))
SCALARS = st.one_of(st.floats(), st.integers(), st.text(max_size=20), st.booleans(), st.none())
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=5), st.dictionaries(st.text(max_size=5), SCALARS, max_size=3))
CONTEXT = Context(1_780_272_000_000_000, "Asia/Shanghai", "zh-CN")


def sound(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return all(sound(item) for item in value) if isinstance(value, list) else True


@settings(max_examples=400, deadline=None, derandomize=True)
@given(TEXTS, VALUES, st.integers(0, 255))
def test_evaluation_never_raises(text: str, v: Any, q: int) -> None:
    variables = {"a": Value(v, q, 5), "event": Value({"value": 1}, 0, 6)}
    result = evaluate(text, variables, CONTEXT)
    assert 0 <= result.q <= 255
    assert result.v is None or result.q < 128
    assert sound(result.v)
    assert isinstance(result.ts, int)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TEXTS)
def test_places_are_inside_of_the_text(text: str) -> None:
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    for problem in check(text, {"a": VarType("number", "bar")}).problems:
        assert 0 <= problem.start <= problem.end <= length


def test_steps_are_bounded() -> None:
    """Without the limit this would take a million rounds; the count shows where it ended."""
    run = compile_expression("l.all(x, l.all(y, l.all(z, x + y + z >= 0)))")
    result = run({"l": Value([1.0] * 100, 0, 1)}, CONTEXT)
    assert (result.v, result.why) == (None, "too_many_steps")
    assert STEPS_MAX <= 10_000


def test_the_longest_formulas_do_not_exhaust_the_stack() -> None:
    """The limits on nodes and depth are what keeps Python's own stack safe, with room for the callers'."""
    texts = ["+".join(["1"] * 100), "(" * 31 + "1" + ")" * 31, "-" * 31 + "1", "!" * 31 + "true"]
    texts += ["[1]" + ".map(x, x)" * 60, "(" * 30 + "+".join(["1"] * 90) + ")" * 30]
    before = sys.getrecursionlimit()
    depth = len(_frames())
    sys.setrecursionlimit(depth + 750)
    try:
        for text in texts:
            compiled = compile_expression(text)
            assert compiled.problems == (), text
            check(text, {})
            assert compiled({}, CONTEXT).q == 0
    finally:
        sys.setrecursionlimit(before)


def _frames() -> list[Any]:
    frame, out = sys._getframe(), []
    while frame is not None:
        out.append(frame)
        frame = frame.f_back  # type: ignore[assignment]
    return out


def test_nothing_but_data_is_reached() -> None:
    for name in ("__class__", "__init__", "__dict__", "keys", "get"):
        assert evaluate(f"event.{name}", {"event": Value({}, 0, 1)}, CONTEXT).v is None
        assert evaluate(f"s.{name}", {"s": Value("x", 0, 1)}, CONTEXT).why == "type"
    assert evaluate("event", {"event": Value(object(), 0, 1)}, CONTEXT).why == "type"


def test_integers_beyond_2_53_become_the_nearest_double_and_are_uncertain() -> None:
    assert wide_integer("9007199254740993") == (9007199254740992.0, 64)
    assert wide_integer(2**63, 1) == (float(2**63), 64)
    assert wide_integer("-18446744073709551615", 129) == (-18446744073709551615.0, 129)
    assert wide_integer("42", 1) == (42.0, 1)
    assert wide_integer("4.2") == ("4.2", 0)
    assert wide_integer(True) == (True, 0)


def test_without_its_limits_a_formula_would_run_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each limit, turned off, lets through what it is there to stop."""
    rounds = "l.all(x, l.all(y, l.all(z, x + y + z >= 0)))"
    variables = {"l": Value([1.0] * 30, 0, 1)}
    assert Compiled(rounds)(variables, CONTEXT).why == "too_many_steps"
    monkeypatch.setattr("schemas.expr.macros.STEPS_MAX", 10**9)
    assert Compiled(rounds)(variables, CONTEXT).v is True

    deep, long = "(" * 900 + "1" + ")" * 900, "+".join(["1"] * 1000)
    assert Compiled(deep).problems[0].code == "too_deep"
    assert Compiled(long).problems[0].code == "too_many_nodes"
    monkeypatch.setattr("schemas.expr.parser.DEPTH_MAX", 10**9)
    monkeypatch.setattr("schemas.expr.parser.NODES_MAX", 10**9)
    for text in (deep, long):
        with pytest.raises(RecursionError):
            Compiled(text)

    assert Compiled("'x'" + " " * 3000).problems[0].code == "too_long"
    monkeypatch.setattr("schemas.expr.lexer.SOURCE_MAX", 10**9)
    assert Compiled("'x'" + " " * 3000)({}, CONTEXT).v == "x"
