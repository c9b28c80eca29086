"""Semantic diff: nothing exactly when nothing has changed; every kind of change in words, at its place."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.services.documents.diff import diff

from .made import BUTTON, CARD, GAUGE, INSIDE, app, catalog, changed, element, tag

MAIN = "pages/main.json"
ELEMENTS = [MAIN, "elements"]

CASES = [
    (
        [*ELEMENTS, GAUGE, "props", "max"],
        20,
        "changed",
        "property",
        "Page main, Gauge: setting max changed from 10 to 20",
    ),
    ([*ELEMENTS, GAUGE, "props", "title"], "Oil", "added", "property", 'Gauge “Oil”: setting title added: "Oil"'),
    ([*ELEMENTS, GAUGE, "bind", "/value"], tag("press_2"), "changed", "binding", "from press_1.temperature to press_2"),
    ([*ELEMENTS, BUTTON, "events"], {}, "removed", "action", "action on press removed"),
    ([*ELEMENTS, GAUGE, "access"], {"see": "builder"}, "added", "access", "access see added"),
    ([*ELEMENTS, GAUGE], ..., "removed", "element", "Page main, Gauge: removed"),
    ([*ELEMENTS, "el_zzzzzzzz"], element(), "added", "element", "Page main, Gauge: added"),
    ([*ELEMENTS, INSIDE, "parent", "slot"], "tab_1", "moved", "place", "parent moved"),
    ([MAIN, "layout", "lg", "items", GAUGE, "x"], 1, "moved", "place", "Gauge: place (PC) moved"),
    ([MAIN, "layout", "lg", "kind"], "free", "changed", "place", "place"),
    (["pages/other.json"], {"format": 1, "id": "other", "title": {"en": "Other"}}, "added", "page", "page Other added"),
    (["pages/detail.json"], ..., "removed", "page", "removed"),
    ([MAIN, "title"], {"en": "New"}, "changed", "page", "title"),
    ([MAIN, "access"], {"see": "admin"}, "added", "access", "access"),
    ([MAIN, "state", "mode", "default"], "run", "changed", "state", "state"),
    (["app.json", "nav"], [], "changed", "nav", "menu"),
    (["app.json", "theme"], {"light": {"--accent": "#123456"}}, "added", "theme", "theme"),
    (["app.json", "roles"], [], "changed", "role", "signals asked for"),
    (["app.json", "version"], "2.0.0", "changed", "app", 'version changed from "1.0.0" to "2.0.0"'),
    (["blocks/machine.1.json", "elements", GAUGE, "props", "max"], 3, "changed", "property", "machine.1"),
    (["tests/shows.json", "name"], "Other", "changed", "test", "test"),
]


@pytest.mark.parametrize(("path", "value", "op", "subject", "words"), CASES, ids=[str(n) for n in range(len(CASES))])
def test_each_change_has_its_words(path, value, op, subject, words):
    found = diff(app(), changed(path, value), catalog())
    ours = [one for one in found if (one.op, one.subject) == (op, subject)]
    assert ours, [(one.op, one.subject, one.text["en"]) for one in found]
    assert any(words in one.text["en"] for one in ours), [one.text["en"] for one in ours]
    assert all(one.text["zh-CN"] for one in ours)


def test_before_and_after_are_told():
    (one,) = diff(app(), changed([*ELEMENTS, GAUGE, "props", "max"], 20), catalog())
    assert (one.before, one.after, one.page, one.element) == (10, 20, "main", GAUGE)
    assert one.path == f"/pages~1main.json/elements/{GAUGE}/props/max"
    assert one.text["zh-CN"] == "页面 main，gauge：更改设置 max：由 10 改为 20"


def test_true_is_not_one():
    assert diff({"app.json": {"a": 1}}, {"app.json": {"a": True}}, catalog())
    assert not diff({"app.json": {"a": 1}}, {"app.json": {"a": 1}}, catalog())


def _paths(node, at=()):
    yield at
    if isinstance(node, dict):
        for key, child in node.items():
            yield from _paths(child, (*at, key))


ALL = [path for path in _paths(app()) if path]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(ALL), st.none() | st.booleans() | st.integers() | st.text(max_size=3)), max_size=5
    )
)
def test_empty_exactly_when_equal(changes):
    files = app()
    for path, value in changes:
        node = files
        for key in path[:-1]:
            node = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node[path[-1]] = value
    before = copy.deepcopy(files)
    assert diff(files, before, catalog()) == []
    assert bool(diff(app(), files, catalog())) == (
        json.dumps(files, sort_keys=True) != json.dumps(app(), sort_keys=True)
    )


def test_a_place_of_nothing_is_told_as_well():
    stray = changed([MAIN, "layout", "lg", "items", "el_zzzzzzzz"], {"x": 0, "y": 30, "w": 1, "h": 1})
    assert [one.subject for one in diff(app(), stray, catalog())] == ["document"]
    assert CARD in app()[MAIN]["elements"]


def test_another_version_of_a_block_of_another_maker_is_told_by_its_numbers():
    def with_pins(**pins):
        return changed(["app.json", "code_blocks"], pins)

    one, two = {"version": "1.0.0", "hash": "a" * 64}, {"version": "2.0.0", "hash": "b" * 64}
    [change] = diff(with_pins(**{"acme.ring": one}), with_pins(**{"acme.ring": two}), catalog())
    assert (change.subject, change.path, change.page) == ("code_block", "/app.json/code_blocks/acme.ring", None)
    assert change.text["en"] == "version of the block acme.ring changed from 1.0.0 to 2.0.0"
    assert change.text["zh-CN"] == "更改模块版本 acme.ring：由 1.0.0 改为 2.0.0"
    [change] = diff(with_pins(), with_pins(**{"acme.ring": two}), catalog())
    assert change.text["en"] == "version of the block acme.ring added: 2.0.0"
