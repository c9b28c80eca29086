"""The check: an app without fault has no findings, and each fault has its own, at its place, in both languages."""

import re
from pathlib import Path

import pytest

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.check import Surroundings, check_files
from platform_core.services.documents.finding_texts import TEXTS
from platform_core.services.documents.findings import errors_of
from platform_core.services.documents.lint import Plant

from .made import (
    BLOCK,
    BUTTON,
    CARD,
    GAUGE,
    INSIDE,
    PICTURE,
    app,
    catalog,
    changed,
    codes,
    element,
    manifest,
    tag,
)

MAIN = "pages/main.json"
ELEMENTS = [MAIN, "elements"]
VALUE = [*ELEMENTS, GAUGE, "bind", "/value"]
STEPS = [*ELEMENTS, BUTTON, "events", "press"]
FORMULA = {"source": "expression", "text": "a + 1", "vars": {"a": tag()}}


def step(**fields):
    return [fields]


def static(value):
    return {"source": "static", "value": value}


FAULTS = [
    (["app.json"], ..., "app.missing"),
    ([MAIN, "title"], ..., "structure.missing"),
    ([MAIN, "more"], 1, "structure.extra_forbidden"),
    ([*ELEMENTS, GAUGE, "type"], "nothing", "component.unknown"),
    ([*ELEMENTS, GAUGE, "props_version"], 2, "component.newer"),
    ([*ELEMENTS, GAUGE, "props", "max"], -1, "props.minimum"),
    ([*ELEMENTS, GAUGE, "props", "max"], ..., "props.required"),
    ([*ELEMENTS, GAUGE, "bind", "/nothing"], tag(), "binding.target"),
    ([*ELEMENTS, GAUGE, "bind", "/more"], static(1), "binding.source"),
    ([*ELEMENTS, GAUGE, "bind"], {"/value": tag(), **{f"/more/{n}": tag() for n in range(3)}}, "binding.many"),
    ([*ELEMENTS, GAUGE, "bind", "/value/0"], tag(), "binding.many"),
    ([*ELEMENTS, GAUGE, "bind", "/target"], static(1), "binding.write_source"),
    (
        [*ELEMENTS, GAUGE, "bind", "/max"],
        {"source": "history", "asset": "press_1", "role": "temperature"},
        "binding.property_source",
    ),
    (
        [*ELEMENTS, GAUGE, "bind", "/@tone"],
        {"source": "history", "asset": "press_1", "role": "temperature"},
        "binding.property_source",
    ),
    ([*ELEMENTS, GAUGE, "bind", "/more"], {"source": "record"}, "binding.later"),
    (VALUE, {**FORMULA, "text": "a +"}, "expression.invalid"),
    (VALUE, {**FORMULA, "text": "a + b"}, "expression.invalid"),
    ([*ELEMENTS, GAUGE, "bind", "/@visible"], {**FORMULA, "text": "event.value"}, "expression.invalid"),
    ([MAIN, "id"], "other", "reference.page_id"),
    (["app.json", "id"], "other", "reference.app_id"),
    ([MAIN, "params"], {"at": {"type": "text"}}, "reference.param_reserved"),
    (["app.json", "params"], {"kiosk": {"type": "text"}}, "reference.param_reserved"),
    ([MAIN, "layout", "lg", "items", "el_zzzzzzzz"], {"x": 0, "y": 9, "w": 1, "h": 1}, "reference.element"),
    ([*ELEMENTS, INSIDE, "parent", "id"], "el_zzzzzzzz", "reference.element"),
    ([*ELEMENTS, CARD, "parent"], {"id": INSIDE, "slot": "content"}, "reference.cycle"),
    ([*ELEMENTS, INSIDE, "parent", "slot"], "nowhere", "reference.slot"),
    ([MAIN, "layout", "lg", "slots", f"{CARD}/nowhere"], {"kind": "grid"}, "reference.slot"),
    ([MAIN, "layout", "lg", "slots", f"{CARD}/tab"], {"kind": "grid"}, "reference.slot"),
    ([*ELEMENTS, INSIDE, "parent"], None, "reference.slot_holder"),
    (["app.json", "home"], "nowhere", "reference.page"),
    (["app.json", "nav"], [{"page": "nowhere", "label": {"en": "x"}}], "reference.page"),
    (["app.json", "kiosk"], [{"page": "nowhere"}], "reference.page"),
    (["app.json", "kiosk"], [{"page": "main", "params": {"nothing": "1"}}], "reference.page_param"),
    (STEPS, step(action="navigate", page="nowhere"), "reference.page"),
    (STEPS, step(action="navigate", page="detail", params={"nothing": "1"}), "reference.page_param"),
    (STEPS, step(action="open_dialog", page="nowhere"), "reference.page"),
    ([MAIN, "parent"], "nowhere", "reference.page"),
    ([MAIN, "parent"], "main", "reference.parent_page"),
    (VALUE, tag({"param": "nothing"}), "reference.param"),
    (VALUE, {"source": "param", "param": "nothing"}, "reference.param"),
    (VALUE, tag(role="pressure"), "reference.role"),
    (VALUE, {"source": "state", "name": "nothing"}, "reference.state"),
    (VALUE, {**FORMULA, "vars": {"a": {"source": "state", "name": "nothing"}}}, "reference.state"),
    (STEPS, step(action="set_state", name="nothing", value=static(1)), "reference.state"),
    ([MAIN, "state", "mode", "default"], 5, "reference.state_type"),
    ([*ELEMENTS, GAUGE, "bind", "/more"], {"source": "output", "element": BUTTON, "output": "x"}, "reference.output"),
    (
        [*ELEMENTS, GAUGE, "bind", "/more"],
        {"source": "output", "element": "el_zzzzzzzz", "output": "picked"},
        "reference.element",
    ),
    (STEPS, step(action="call_method", element=GAUGE, method="nothing"), "reference.method"),
    (STEPS, step(action="call_method", element="el_zzzzzzzz", method="clear"), "reference.element"),
    (STEPS, step(action="export", element="el_zzzzzzzz"), "reference.element"),
    (STEPS, step(action="write_tag", asset="press_1", role="pressure", value=static(1)), "reference.role"),
    ([*ELEMENTS, GAUGE, "events"], {"nothing": []}, "reference.event"),
    ([*ELEMENTS, BLOCK, "props_version"], 2, "reference.block"),
    ([*ELEMENTS, BLOCK, "props", "nothing"], 1, "reference.block_param"),
    ([*ELEMENTS, BLOCK, "bind"], {"/nothing": tag()}, "reference.block_param"),
    ([*ELEMENTS, BLOCK, "props", "limit"], "high", "reference.block_param_type"),
    (
        ["blocks/machine.1.json", "elements", BLOCK],
        {"type": "composite.machine", "props_version": 1},
        "reference.block_cycle",
    ),
    (
        ["blocks/machine.1.json", "elements", GAUGE, "events"],
        {"press": [{"action": "close_dialog"}]},
        "reference.block_dialog",
    ),
    (["blocks/machine.1.json", "version"], 3, "reference.page_id"),
    (["app.json", "requires"], {"gauge": 1}, "reference.requires"),
    ([*ELEMENTS, GAUGE, "props", "picture"], PICTURE, "reference.media"),
    (["app.json", "theme"], {"logo": PICTURE}, "reference.media"),
    (["tests/shows.json", "page"], "nowhere", "reference.page"),
    (["tests/shows.json", "expect", 0, "element"], "el_zzzzzzzz", "reference.element"),
    (["tests/shows.json", "when"], [{"element": "el_zzzzzzzz", "event": "press"}], "reference.element"),
    (["tests/shows.json", "params"], {"nothing": "1"}, "reference.page_param"),
    ([*ELEMENTS, GAUGE, "bind"], {}, "lint.unbound"),
    (
        STEPS,
        step(action="write_tag", asset="press_1", role="temperature", value=static(1), confirm="none"),
        "lint.confirm",
    ),
    ([MAIN, "layout", "lg", "items", BUTTON], ..., "lint.unplaced"),
    ([MAIN, "layout", "lg", "items", BUTTON, "x"], 2, "lint.overlap"),
    ([MAIN, "layout"], {"lg": {"kind": "free", "width": 1200, "items": {}}}, "lint.phone"),
    (
        ["pages/detail.json", "layout", "sm"],
        {"kind": "grid", "items": {GAUGE: {"x": 0, "y": 0, "w": 3, "h": 3, "hidden": True}}},
        "lint.phone_hidden",
    ),
    (STEPS, [], "lint.unreachable"),
    ([MAIN, "title"], {"en": "Only English"}, "lint.language"),
    (["tests/shows.json"], ..., "lint.test_missing"),
]


def test_a_good_app_has_no_findings():
    plant = Plant(frozenset({"press_1"}), {("press_1", "temperature"): None})
    assert codes(app(), media=frozenset(), plant=plant) == set()


@pytest.mark.parametrize(("path", "value", "code"), FAULTS, ids=[f"{n}-{f[2]}" for n, f in enumerate(FAULTS)])
def test_each_fault_is_found(path, value, code):
    found = check_files(changed(path, value), Surroundings(catalog(), frozenset()), "line")
    ours = [one for one in found if one.code == code]
    assert ours, [one.code for one in found]
    for one in ours:
        assert one.message["en"]
        assert re.search(r"[\u4e00-\u9fff]", one.message["zh-CN"]), one
        assert "{" not in one.message["en"] + one.hint["en"], one
        if code not in ("app.missing",):
            assert one.path.startswith("/")


def test_a_finding_says_page_and_element():
    found = check_files(changed([*ELEMENTS, GAUGE, "props", "max"], -1), Surroundings(catalog()), "line")
    (one,) = errors_of(found)
    assert (one.page, one.element, one.file) == ("main", GAUGE, MAIN)
    assert one.path == f"/pages~1main.json/elements/{GAUGE}/props/max"
    (inside,) = errors_of(
        check_files(changed(["blocks/machine.1.json", "elements", GAUGE, "props"], {}), Surroundings(catalog()), "line")
    )
    assert (inside.page, inside.block, inside.element) == (None, "machine.1", GAUGE)


def test_bound_properties_may_be_missing_and_are_not_looked_at():
    bound = {"/value": tag(), "/max": static(100)}
    assert "props.required" not in codes(changed([*ELEMENTS, GAUGE], element(props={}, bind=bound)))
    assert "props.minimum" not in codes(changed([*ELEMENTS, GAUGE], element(props={"max": -5}, bind=bound)))
    below = {"/value": tag(), "/scale/low": static(1)}
    wrong = {"max": 1, "scale": {"low": "x"}}
    assert "props.type" not in codes(changed([*ELEMENTS, GAUGE], element(props=wrong, bind=below)))
    assert "props.type" in codes(changed([*ELEMENTS, GAUGE], element(props=wrong)))  # without it, it is


def test_inside_a_repeated_place_its_parameters_are_known():
    files = changed(
        [*ELEMENTS, INSIDE], element(parent={"id": CARD, "slot": "tab_1"}, bind={"/value": tag({"param": "row"})})
    )
    slots = files[MAIN]["layout"]["lg"]["slots"]
    slots[f"{CARD}/tab_1"] = slots.pop(f"{CARD}/content")
    assert codes(files) == set()
    outside = changed(VALUE, tag({"param": "row"}))
    assert "reference.param" in codes(outside)


def test_a_place_takes_what_it_declares():
    files = changed([*ELEMENTS, BUTTON, "parent"], {"id": CARD, "slot": "content"})
    assert "reference.slot_full" in codes(files)
    chart = manifest("gauge", meta={"name": {"en": "G"}, "summary": {"en": "G"}, "category": "data"})
    assert "reference.slot_kind" in codes(app(), ComponentCatalog([chart, catalog().manifests["card"]]))


def test_a_block_that_contains_itself_through_another_is_found():
    files = app()
    files["blocks/other.1.json"] = {
        **files["blocks/machine.1.json"],
        "id": "other",
        "elements": {BLOCK: {"type": "composite.machine", "props_version": 1}},
        "layout": {"kind": "grid", "items": {BLOCK: {"x": 0, "y": 0, "w": 3, "h": 3}}},
    }
    assert "reference.block_cycle" not in codes(files)
    files["blocks/machine.1.json"]["elements"][BLOCK] = {"type": "composite.other", "props_version": 1}
    assert "reference.block_cycle" in codes(files)


def test_the_plant_is_looked_at_where_there_is_one():
    assert "lint.asset_missing" in codes(app(), plant=Plant(frozenset(), {}))
    assert "lint.tag_missing" in codes(app(), plant=Plant(frozenset({"press_1"}), {}))
    write = step(action="write_tag", asset="press_1", role="temperature", value=static(1))
    plant = Plant(frozenset({"press_1"}), {("press_1", "temperature"): False})
    assert "lint.not_writable" in codes(changed(STEPS, write), plant=plant)
    bound = changed([*ELEMENTS, GAUGE, "bind", "/target"], tag())
    assert "lint.not_writable" in codes(bound, plant=plant)
    for known in (True, None):
        free = Plant(frozenset({"press_1"}), {("press_1", "temperature"): known})
        assert "lint.not_writable" not in codes(bound, plant=free)


def test_every_machine_a_page_can_be_opened_for_must_take_its_writes():
    signals = {("press_1", "temperature"): True, ("press_2", "temperature"): False, ("oven", "temperature"): False}
    kinds = {"press_1": ("press", "machine"), "press_2": ("press", "machine"), "oven": ("oven", "machine")}
    plant = Plant(frozenset(kinds), signals, kinds)
    bound = changed([*ELEMENTS, GAUGE, "bind", "/target"], {**tag(), "asset": {"param": "machine"}})

    def said(plant: Plant, **which: object):
        label = {"en": "Machine", "zh-CN": "机器"}
        bound["pages/main.json"]["params"] = {"machine": {"type": "asset", "label": label, **which}}
        found = check_files(bound, Surroundings(catalog(), plant=plant))
        return [one.message["en"].split(" is ")[0] for one in found if one.code == "lint.not_writable"]

    assert said(plant, asset_type="press") == ["press_2.temperature"]
    assert said(plant, level="machine") == ["oven, press_2.temperature"]
    assert said(plant, options=["press_1", "oven"]) == ["oven.temperature"]
    assert said(plant) == []
    free = {**signals, ("press_2", "temperature"): True}
    assert said(Plant(plant.assets, free, kinds), asset_type="press") == []


def test_coloured_by_hand_and_too_many_signals():
    many = {
        f"el_{n:a>8}".replace("0", "x").replace("1", "y"): element(props={"max": 1, "tone": "fault"})
        for n in "bcdefghij"
    }
    assert "lint.colors" in codes(changed([MAIN, "elements"], many))
    bind = {"/value": {"source": "expression", "text": "a", "vars": {f"v{n}": tag(f"m{n}") for n in range(31)}}}
    names = [f"el_{a}{b}aaaaaa" for a in "abcdef" for b in "abcdef"]
    loaded = {
        name: element(bind={"/value": {**bind["/value"], "vars": {f"v{n}": tag(f"m{k}_{n}") for n in range(31)}}})
        for k, name in enumerate(names)
    }
    assert "lint.subscriptions" in codes(changed([MAIN, "elements"], loaded))


def test_unknown_components_are_a_warning_because_their_data_is_kept():
    found = check_files(changed([*ELEMENTS, GAUGE, "type"], "nothing"), Surroundings(catalog()), "line")
    assert errors_of(found) == []


def test_without_manifests_properties_are_not_checked():
    assert codes(changed([*ELEMENTS, GAUGE, "props"], {"x": 1}), ComponentCatalog([])) == set()


def test_every_code_is_documented():
    page = (Path(__file__).parents[4] / "docs" / "reference" / "app-checks.md").read_text("utf-8")
    told = set(re.findall(r"^\| `([a-z_.]+)` \| (?:error|warning) ", page, re.M))
    assert told == set(TEXTS)


def test_every_text_has_both_languages_and_the_same_names():
    for code, entry in TEXTS.items():
        names = set(re.findall(r"\{(\w+)\}", entry.en + entry.hint_en)) - {"detail"}
        chinese = set(re.findall(r"\{(\w+)\}", entry.zh + entry.hint_zh)) - {"detail_zh"}
        assert names == chinese, code
        assert bool(entry.hint_en) == bool(entry.hint_zh), code
