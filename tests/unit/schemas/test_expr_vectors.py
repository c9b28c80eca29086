"""The vectors both implementations of the expression language pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.codegen.__main__ import ROOT
from schemas.expr import SIGNATURES, Context, Value, VarType, check, compile_expression, evaluate, explain
from schemas.expr.calls import MAKERS
from schemas.quality import Quality

VECTORS: dict[str, Any] = json.loads((ROOT / "schemas/expr/vectors.json").read_text("utf-8"))
CASES: list[dict[str, Any]] = VECTORS["cases"]
FUNCTIONS: list[dict[str, Any]] = json.loads((ROOT / "schemas/expr/functions.json").read_text("utf-8"))
MACROS = {"map", "filter", "all", "exists"}
SPECIAL = {"convert", "unit", "last_good"}


def value_of(given: dict[str, Any]) -> Value:
    good = given.get("good")
    last = (good["v"], good["ts"]) if good else None
    return Value(given["v"], given["q"], given["ts"], given.get("unit", ""), last)


def type_of(given: dict[str, Any]) -> VarType:
    fields = {name: type_of(field) for name, field in given["fields"].items()} if "fields" in given else None
    items = type_of(given["items"]) if "items" in given else None
    return VarType(given["type"], given.get("unit", ""), items, fields)


def kinds(value: Any) -> Any:
    """A value with its kinds: `True` is not 1."""
    return [kinds(item) for item in value] if isinstance(value, list) else (isinstance(value, bool), value)


TYPES = {name: type_of(given) for name, given in VECTORS["types"].items()}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['group']}: {case['text'][:60]}" for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    if "check" in case:
        got = check(case["text"], TYPES)
        problems = [[item.code, item.start, item.end] for item in got.problems]
        assert {"type": got.type, "unit": got.unit, "problems": problems} == case["check"]
        return
    variables = {name: value_of(given) for name, given in case.get("vars", VECTORS["vars"]).items()}
    result = evaluate(case["text"], variables, Context(**{**VECTORS["context"], **case.get("context", {})}))
    want = case["value"]
    assert (kinds(result.v), result.q, result.ts) == (kinds(want["v"]), want["q"], want["ts"])
    assert (result.unit, result.why) == (want.get("unit", ""), want.get("why", ""))


def test_the_vectors_are_enough_and_name_every_function() -> None:
    assert len(CASES) >= 400
    texts = " ".join(case["text"] for case in CASES)
    assert [name for name in SIGNATURES if f"{name}(" not in texts] == []


def test_every_code_of_a_problem_occurs_in_the_vectors() -> None:
    """A code without a vector would be free to differ between the two languages."""
    messages = json.loads((ROOT / "schemas/expr/messages.json").read_text("utf-8"))
    seen = {code for case in CASES if "check" in case for code, _, _ in case["check"]["problems"]}
    assert sorted(set(messages["problems"]) - seen) == []
    reasons = {case["value"].get("why") for case in CASES if "value" in case}
    assert sorted(set(messages["reasons"]) - reasons) == []


def test_table_code_and_examples_agree() -> None:
    assert {item["name"] for item in FUNCTIONS} == set(MAKERS) | MACROS | SPECIAL
    context = Context(**VECTORS["context"])
    for item in FUNCTIONS:
        variables = {"x": Value(None, 128, 0, "", None)}
        shown = evaluate(item["example"], variables, context)
        assert shown.v == evaluate(item["gives"], {}, context).v, item["name"]
        assert set(item["doc"]) == {"en", "zh-CN"}
        assert all(item["doc"].values())


def test_messages_have_both_languages_and_no_hole_stays_open() -> None:
    for case in CASES:
        for problem in check(case["text"], TYPES).problems if "check" in case else ():
            for language in ("en", "zh-CN"):
                message, hint = explain(problem, language)
                assert message != problem.code
                assert "{" not in message + hint.replace("{x", "")


def test_quality_codes_are_those_of_the_platform() -> None:
    from schemas.expr import value

    assert (value.UNCERTAIN, value.BAD) == (Quality.UNCERTAIN, Quality.BAD)
    assert (value.NOT_A_NUMBER, value.TYPE_MISMATCH, value.OVERFLOW) == (136, Quality.TYPE_MISMATCH, Quality.OVERFLOW)


def test_the_limits_are_those_of_the_documents() -> None:
    from schemas.expr.value import SOURCE_MAX
    from schemas.models.binding import EXPRESSION_LENGTH_MAX

    assert SOURCE_MAX == EXPRESSION_LENGTH_MAX


def test_a_formula_follows_a_unit_that_changes_while_it_runs() -> None:
    run = compile_expression("convert(p, 'kPa')")
    context = Context(1)
    assert run({"p": Value(2.0, 0, 1, "bar")}, context).v == 200
    assert run({"p": Value(2.0, 0, 1, "MPa")}, context).v == 2000
    assert run({"p": Value(2.0, 0, 1, "°C")}, context).why == "unit_convert"
    assert run({"p": Value(2.0, 0, 1, "bar")}, context).v == 200


def test_only_the_standard_library() -> None:
    """The edge evaluates interlock expressions too: nothing but Python itself and the units beside it."""
    allowed = {"schemas.expr", "schemas.units"}
    for path in sorted((ROOT / "schemas/expr").glob("*.py")) + sorted((ROOT / "schemas/units").glob("*.py")):
        for line in Path(path).read_text("utf-8").splitlines():
            if line.startswith(("from schemas", "import schemas")):
                assert ".".join(line.split()[1].split(".")[:2]) in allowed, f"{path.name}: {line}"
            for name in ("numpy", "pydantic", "eval(", "exec("):
                assert not line.startswith((f"import {name}", f"from {name}")), line
                assert not (name.endswith("(") and name in line.replace("._", "")), line
