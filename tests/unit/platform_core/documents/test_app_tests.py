"""The runner of apps' own tests: values, steps, roles, visibility, states, navigation, writes; and what must fail."""

import pytest

from platform_core.services.documents.app_tests import run_tests

from .made import BUTTON, CARD, GAUGE, INSIDE, app, catalog, changed, tag

MAIN = "pages/main.json"
VALUE = [MAIN, "elements", GAUGE, "bind", "/value"]


def run(files, **test):
    base = {**files["tests/shows.json"], **test}
    (result,) = run_tests({**files, "tests/shows.json": base}, catalog())
    return result


def expect(files, kind, v, *, q=..., element=None, name="", **test):
    one = {"kind": kind, "v": v, "name": name}
    if element:
        one["element"] = element
    if q is not ...:
        one["q"] = q
    return run(files, expect=[one], **test).ok


def bound(binding, v, q="good", **test):
    return expect(changed(VALUE, binding), "input", v, q=q, element=GAUGE, name="value", **test)


def test_what_the_app_promises_holds_and_a_wrong_promise_fails():
    assert run(app()).ok
    failed = run(app(), expect=[{"kind": "input", "element": GAUGE, "name": "value", "v": 22}])
    assert not failed.ok
    (failure,) = failed.failures
    assert failure.path == "/tests~1shows.json/expect/0"
    assert "expected 22, found 21.5" in failure.message["en"].replace("22.0", "22")
    assert "期望" in failure.message["zh-CN"]


@pytest.mark.parametrize(
    ("binding", "v"),
    [
        (tag(transforms=[{"op": "scale", "factor": 2, "offset": 1}]), 44),
        (tag(transforms=[{"op": "clamp", "max": 20}]), 20),
        (tag(transforms=[{"op": "round", "decimals": 0}]), 22),
        (tag(transforms=[{"op": "map", "table": {"21.5": "warm"}}]), "warm"),
        ({"source": "static", "value": True}, True),
        ({"source": "user", "field": "role"}, "operator"),
        ({"source": "state", "name": "mode"}, "idle"),
        ({"source": "history", "asset": "press_1", "role": "temperature", "fn": "mean"}, 21.5),
        ({"source": "history", "asset": "press_1", "role": "temperature", "fn": "count"}, 1),
        ({"source": "history", "asset": "press_1", "role": "temperature", "fn": "delta"}, 0),
        ({"source": "expression", "text": "t * 2 > 40", "vars": {"t": tag()}}, True),
        ({"source": "expression", "text": "t + 1", "vars": {"t": tag()}, "transforms": [{"op": "round"}]}, 23),
    ],
)
def test_bindings(binding, v):
    assert bound(binding, v)
    assert not bound(binding, "something else")


def test_a_value_that_is_not_given_is_bad_and_bad_travels():
    assert bound(tag("press_2"), None, q="bad")
    assert bound({"source": "expression", "text": "t + 1", "vars": {"t": tag("press_2")}}, None, q="bad")
    given = [{"asset": "press_1", "role": "temperature", "v": 5, "q": 64}]
    assert bound(tag(), 5, q="uncertain", given=given)
    assert not bound(tag(), 5, q="good", given=given)
    bad = [{"asset": "press_1", "role": "temperature", "v": 5, "q": 130}]
    assert bound(tag(), None, q="bad", given=bad)


def test_page_parameters_choose_the_machine():
    given = [{"asset": "press_1", "role": "temperature", "v": 1}, {"asset": "press_2", "role": "temperature", "v": 2}]
    test = {"page": "detail", "given": given, "element": GAUGE, "name": "value"}
    assert expect(app(), "input", 1, **test)
    assert expect(app(), "input", 2, params={"machine": "press_2"}, **test)


def test_steps_set_states_navigate_and_write():
    press = {"when": [{"element": BUTTON, "event": "press"}]}
    assert expect(app(), "page", "detail", **press)
    assert expect(app(), "page", "main")
    steps = [
        {"action": "set_state", "name": "mode", "value": {"source": "expression", "text": "event.value + 1"}},
        {
            "action": "write_tag", "asset": "press_1", "role": "temperature",
            "value": {"source": "state", "name": "mode"}, "when": {"text": "event.value > 1"},
        },
    ]  # fmt: skip
    files = changed([MAIN, "elements", BUTTON, "events", "press"], steps)
    two = {"when": [{"element": BUTTON, "event": "press", "payload": {"value": 2}}]}
    one = {"when": [{"element": BUTTON, "event": "press", "payload": {"value": 1}}]}
    assert expect(files, "state", 3, name="mode", **two)
    assert expect(files, "write", 3, name="press_1.temperature", **two)
    assert expect(files, "write", None, name="press_1.temperature", **one)
    assert not expect(files, "write", 3, name="press_1.temperature", **one)
    assert expect(files, "write", None, name="press_1.temperature", role="viewer", **two)  # a viewer writes nothing


def test_dialogs_lie_over_the_page():
    steps = [{"action": "open_dialog", "page": "detail"}]
    files = changed([MAIN, "elements", BUTTON, "events", "press"], steps)
    press = {"element": BUTTON, "event": "press"}
    assert expect(files, "page", "detail", when=[press])
    files["pages/detail.json"]["elements"][GAUGE]["events"] = {"press": [{"action": "close_dialog"}]}
    assert expect(files, "page", "main", when=[press, {"element": GAUGE, "event": "press"}])


def test_visible_enabled_and_tone():
    hot = {"source": "expression", "text": "t > 50", "vars": {"t": tag()}}
    files = changed([MAIN, "elements", GAUGE, "bind", "/@visible"], hot)
    assert expect(files, "visible", False, element=GAUGE)
    assert expect(files, "visible", True, element=GAUGE, given=[{"asset": "press_1", "role": "temperature", "v": 60}])
    assert expect(files, "visible", True, element=GAUGE, given=[])  # not known: shown, as in the runtime
    files = changed([MAIN, "elements", CARD, "bind"], {"/@visible": {"source": "static", "value": False}})
    assert expect(files, "visible", False, element=INSIDE)  # with what is around it
    files = changed([MAIN, "elements", GAUGE, "access"], {"see": "builder", "use": "admin"})
    assert expect(files, "visible", False, element=GAUGE)
    assert expect(files, "visible", True, element=GAUGE, role="builder")
    assert expect(files, "enabled", False, element=GAUGE, role="builder")
    files = changed([MAIN, "elements", GAUGE, "bind", "/@tone"], {"source": "static", "value": "fault"})
    assert expect(files, "tone", "fault", element=GAUGE)
    assert expect(app(), "property", 10, element=GAUGE, name="max")


def test_what_cannot_be_used_causes_nothing():
    hidden = {"/@visible": {"source": "static", "value": False}}
    locked = {"/@enabled": {"source": "static", "value": False}}
    press = {"when": [{"element": BUTTON, "event": "press"}]}
    for bind in (hidden, locked):
        files = changed([MAIN, "elements", BUTTON, "bind"], bind)
        assert expect(files, "page", "main", **press)


def test_an_element_of_another_page_is_not_there():
    failed = run(app(), expect=[{"kind": "visible", "element": "el_zzzzzzzz", "v": True}])
    assert "no element" in failed.failures[0].message["en"]
