"""An app's tests look inside blocks, at outputs and at what is read: each promise holds, its opposite fails."""

import copy
import json
from pathlib import Path

import pytest

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.app_tests import run_tests
from platform_core.services.documents.check import Surroundings, check_files
from platform_core.services.documents.shown import limit_level, number_text, shown_text
from schemas.models.tag import Limits, TagMeta

from .made import BLOCK, BUTTON, CARD, GAUGE, INSIDE, TEXT, app, manifest, tag

GOLDEN = Path(__file__).parents[3] / "golden" / "shown" / "numbers.json"
LIMITS = {"lo_lo": 5, "lo": 10, "hi": 80, "hi_hi": 90}
META = {"unit": "°C", "decimals": 1, "limits": LIMITS}
FIELD = "el_ffffffff"
OUTPUTS = {
    "level": {"label": TEXT, "type": "string", "rule": {"level_of": "value"}, "description": "l"},
    "picked": {"label": TEXT, "type": "number", "description": "o"},
    "typed": {
        "label": TEXT,
        "type": "number",
        "rule": {"event": "press", "field": "value", "initial_prop": "max"},
        "description": "t",
    },
}


def components():
    slots = {"content": {"label": TEXT, "description": "s"}, "tab": {"label": TEXT, "description": "s"}}
    sources = ["tag", "static", "param", "state", "expression", "history", "user", "output"]
    value = {"label": TEXT, "type": "any", "shape": "scalar", "required": True, "from": sources, "description": "v"}
    more = {**value, "required": False}
    gauge = manifest("gauge", outputs=OUTPUTS, inputs={"value": value, "more": more})
    return ComponentCatalog([gauge, manifest("card", inputs={}, slots=slots, kind="container")])


def files(expect, given=(), when=(), **test):
    made = app()
    given = list(given) or [{"asset": "press_1", "role": "temperature", "v": 85.25, "meta": META}]
    made["tests/shows.json"] = {
        **made["tests/shows.json"],
        "given": given,
        "when": list(when),
        "expect": expect,
        **test,
    }
    return made


def failures(made):
    (result,) = run_tests(made, components())
    return [failure.message["en"] for failure in result.failures]


INNER = f"{BLOCK}/{GAUGE}"
HOLDS = [
    {"kind": "text", "element": GAUGE, "v": "85.3 °C", "q": "good"},
    {"kind": "text", "element": GAUGE, "name": "value", "v": "85.3 °C"},
    {"kind": "level", "element": GAUGE, "v": "hi"},
    {"kind": "output", "element": GAUGE, "name": "level", "v": "hi"},
    {"kind": "output", "element": BUTTON, "name": "typed", "v": 10},
    {"kind": "input", "element": INNER, "name": "value", "v": 85.25, "q": "good"},
    {"kind": "text", "element": INNER, "v": "85.3 °C"},
    {"kind": "level", "element": INNER, "v": "hi"},
    {"kind": "output", "element": INNER, "name": "level", "v": "hi"},
    {"kind": "property", "element": INNER, "name": "max", "v": 10},
    {"kind": "visible", "element": INNER, "v": True},
    {"kind": "enabled", "element": INNER, "v": True},
]


@pytest.mark.parametrize("expected", HOLDS)
def test_what_is_seen_holds_and_anything_else_fails(expected):
    made = files([expected])
    assert failures(made) == []
    other = {**expected, "v": not expected["v"] if isinstance(expected["v"], bool) else "something else"}
    assert len(failures(files([other]))) == 1
    assert not [one for one in check_files(made, Surroundings(components()), "line") if one.severity == "error"]


@pytest.mark.parametrize(
    ("v", "level", "text"),
    [(5, "lo_lo", "5.0 °C"), (10, "lo", "10.0 °C"), (50, "normal", "50.0 °C"), (90, "hi_hi", "90.0 °C")],
)
def test_the_level_follows_the_value(v, level, text):
    given = [{"asset": "press_1", "role": "temperature", "v": v, "meta": META}]
    expect = [{"kind": "level", "element": INNER, "v": level}, {"kind": "text", "element": INNER, "v": text}]
    assert failures(files(expect, given)) == []


def test_a_bad_value_shows_no_number_and_its_quality():
    given = [{"asset": "press_1", "role": "temperature", "v": 99, "q": 128, "meta": META}]
    expect = [
        {"kind": "text", "element": INNER, "v": "— °C", "q": "bad"},
        {"kind": "level", "element": INNER, "v": "normal", "q": "bad"},
    ]
    assert failures(files(expect, given)) == []
    assert len(failures(files([{**expect[0], "q": "good"}], given))) == 1


def test_texts_of_states_are_read_in_the_language_of_the_test():
    meta = {"texts": {"3": "Stopped"}, "texts_i18n": {"zh-CN": {"3": "停机"}}}
    given = [{"asset": "press_1", "role": "temperature", "v": 3, "meta": meta}]
    assert failures(files([{"kind": "text", "element": GAUGE, "v": "Stopped"}], given)) == []
    assert failures(files([{"kind": "text", "element": GAUGE, "v": "停机"}], given, language="zh-CN")) == []


def test_an_output_follows_the_last_event_and_others_may_read_it():
    made = files(
        [
            {"kind": "output", "element": BUTTON, "name": "typed", "v": 7},
            {"kind": "input", "element": INSIDE, "name": "value", "v": 7},
        ],
        when=[{"element": BUTTON, "event": "press", "payload": {"value": n}} for n in (3, 7)],
    )
    main = made["pages/main.json"]["elements"]
    main[BUTTON]["events"] = {}
    main[INSIDE]["bind"] = {"/value": {"source": "output", "element": BUTTON, "output": "typed"}}
    assert failures(made) == []
    main[BUTTON]["bind"]["/@enabled"] = {"source": "static", "value": False}  # nothing happens: its property counts
    assert len(failures(made)) == 2


def test_what_only_a_browser_knows_is_left_to_it_not_guessed():
    picked = {"kind": "output", "element": GAUGE, "name": "picked", "v": None}
    cell = {"kind": "cell", "element": GAUGE, "name": "1/2", "v": "85"}
    wrong = {"kind": "level", "element": GAUGE, "v": "lo"}
    (result,) = run_tests(files([picked, cell, wrong]), components())
    at = "/tests~1shows.json/expect/"
    assert result.browser == (at + "0", at + "1")
    assert [failure.path for failure in result.failures] == [at + "2"]
    by_hand = [{"element": BUTTON, "event": "click", "payload": {}}]
    (result,) = run_tests(files([wrong], when=by_hand), components())
    assert result.browser == (at + "0",)
    assert result.ok  # what follows a hand's doing is not known here
    (failure,) = failures(files([{"kind": "output", "element": GAUGE, "name": "no_such", "v": None}]))
    assert "has no output no_such" in failure
    (failure,) = failures(files([{**cell, "element": "el_zzzzzzzz"}]))
    assert "no element" in failure


def test_events_inside_a_block_work_with_its_parameters():
    when = [{"element": INNER, "event": "press", "payload": {}}]
    made = files(
        [{"kind": "page", "v": "detail"}, {"kind": "input", "element": GAUGE, "name": "value", "v": 4}], when=when
    )
    made["tests/shows.json"]["given"] = [{"asset": "press_2", "role": "temperature", "v": 4}]
    made["pages/main.json"]["elements"][BLOCK]["props"]["machine"] = "press_2"
    step = {"action": "navigate", "page": "detail", "params": {"machine": {"source": "param", "param": "machine"}}}
    made["blocks/machine.1.json"]["elements"][GAUGE]["events"] = {"press": [step]}
    assert failures(made) == []
    made["pages/main.json"]["elements"][BLOCK]["bind"] = {"/@visible": {"source": "static", "value": False}}
    assert len(failures(made)) == 2  # what is inside a block nobody sees cannot be pressed


def test_a_parameter_that_follows_a_tag_brings_its_metadata_inside():
    made = files([{"kind": "text", "element": INNER, "v": "85.3 °C"}, {"kind": "level", "element": INNER, "v": "hi"}])
    made["pages/main.json"]["elements"][BLOCK]["bind"] = {"/limit": tag()}
    made["blocks/machine.1.json"]["elements"][GAUGE]["bind"] = {"/value": {"source": "param", "param": "limit"}}
    assert failures(made) == []


def test_blocks_inside_blocks():
    made = files([{"kind": "text", "element": f"{CARD}/{BLOCK}/{GAUGE}", "v": "85.3 °C"}])
    outer = copy.deepcopy(made["blocks/machine.1.json"])
    instance = {
        "type": "composite.machine",
        "props_version": 1,
        "bind": {"/machine": {"source": "param", "param": "at"}},
    }
    outer |= {"id": "outer", "params": {"at": {"type": "asset", "label": TEXT}}, "elements": {BLOCK: instance}}
    outer["layout"]["items"] = {BLOCK: {"x": 0, "y": 0, "w": 12, "h": 3}}
    made["blocks/outer.1.json"] = outer
    main = made["pages/main.json"]
    main["elements"][CARD] = {"type": "composite.outer", "props_version": 1, "props": {"at": "press_1"}}
    del main["elements"][INSIDE], main["layout"]["lg"]["slots"]
    assert failures(made) == []


@pytest.mark.parametrize("path", ["el_zzzzzzzz", f"{GAUGE}/{GAUGE}", f"{BLOCK}/el_zzzzzzzz"])
def test_the_check_tells_paths_that_lead_nowhere(path):
    made = files([{"kind": "visible", "element": path, "v": True}], when=[{"element": path, "event": "press"}])
    found = [
        one.path for one in check_files(made, Surroundings(components()), "line") if one.code == "reference.element"
    ]
    assert found == ["/tests~1shows.json/when/0/element", "/tests~1shows.json/expect/0/element"]
    assert "there is no element" in failures(made)[0]


def test_the_check_tells_outputs_that_are_not_there():
    made = files([{"kind": "output", "element": GAUGE, "name": "nothing", "v": 1}])
    (found,) = [one for one in check_files(made, Surroundings(components()), "line") if one.code == "reference.output"]
    assert found.path == "/tests~1shows.json/expect/0/name"


def test_numbers_are_written_as_the_browser_writes_them():
    cases = json.loads(GOLDEN.read_text("utf-8"))
    assert len(cases) > 150
    for case in cases:
        assert number_text(case["v"], case["decimals"]) == case["text"], case


def test_values_without_metadata():
    none = TagMeta()
    assert shown_text(True, none, "en", None, is_whole=False) == "Yes"
    assert shown_text(False, none, "zh-CN", None, is_whole=False) == "否"
    assert shown_text("A-12", none, "en", None, is_whole=False) == "A-12"
    assert shown_text(1234.5, none, "en", None, is_whole=True) == "1,235"
    assert shown_text(1234.5, none, "en", 2, is_whole=True) == "1,234.50"
    assert limit_level("x", Limits(hi=1)) == limit_level(None, Limits(lo=1)) == "normal"
    assert limit_level(True, Limits(hi=1)) == "hi"
