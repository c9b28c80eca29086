"""Lifting properties: pure, total, along a chain, with the bindings; and what has no way stays as it is."""

import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.components.migrate import apply_op, can_lift, lift_element, lift_files, lift_props
from platform_core.services.documents.check import Surroundings, check_files
from schemas.models.component import MigrationOp

from .made import GAUGE, app, catalog, changed, codes, element, manifest, tag

OPS = [
    {"op": "rename", "path": "/maximum", "to": "/max"},
    {"op": "scale", "path": "/max", "factor": 10},
]
SECOND = [
    {"op": "move", "path": "/low", "to": "/scale/low"},
    {"op": "default", "path": "/title", "value": "None"},
    {"op": "map_value", "path": "/tone", "map": {"red": "fault"}},
]


def migration(number, ops):
    example = {"before": {}, "after": {}}
    return {"from": number, "to": number + 1, "ops": ops, "example": example}


THIRD = {"props_version": 3, "migrations": [migration(1, OPS), migration(2, SECOND)]}


def op(**fields):
    return MigrationOp.model_validate(fields)


def test_each_step():
    def run(props, **fields):
        return apply_op(props, op(**fields))

    assert run({"a": 1, "b": 2}, op="rename", path="/a", to="/c") == {"b": 2, "c": 1}
    assert run({"a": 1}, op="move", path="/a", to="/b/c") == {"b": {"c": 1}}
    assert run({"a": 1, "b": 2}, op="rename", path="/a", to="/b") == {"a": 1, "b": 2}  # nothing is overwritten
    assert run({"a": 1, "b": 5}, op="move", path="/a", to="/b/c") == {"a": 1, "b": 5}  # nor lost
    assert run({"a": {"b": 1}}, op="move", path="/a", to="/a/b/c") == {"a": {"b": 1}}
    assert run({"a": [1, 2]}, op="remove", path="/a/0") == {"a": [2]}
    assert run({}, op="default", path="/a/b", value=[1]) == {"a": {"b": [1]}}
    assert run({"a": None}, op="default", path="/a", value=1) == {"a": None}
    assert run({"a": True}, op="map_value", path="/a", map={"true": "on"}) == {"a": "on"}
    assert run({"a": "x"}, op="map_value", path="/a", map={"y": 1}) == {"a": "x"}
    assert run({"a": 1}, op="wrap", path="/a", key="v") == {"a": {"v": 1}}
    assert run({"a": {"v": 1}}, op="unwrap", path="/a", key="v") == {"a": 1}
    assert run({"a": 3}, op="unwrap", path="/a", key="v") == {"a": 3}
    assert run({"a": 1.5}, op="scale", path="/a", factor=2) == {"a": 3}
    assert run({"a": True}, op="scale", path="/a", factor=2) == {"a": True}
    assert run({"a~b/c": 1}, op="remove", path="/a~0b~1c") == {}


def test_a_chain_and_its_bindings():
    lifted = lift_element(
        {
            "type": "gauge",
            "props_version": 1,
            "props": {"maximum": 5, "low": 1, "tone": "red"},
            "bind": {"/value": tag(), "/maximum": tag()},
        },
        manifest("gauge", **THIRD),
    )
    assert lifted["props_version"] == 3
    assert lifted["props"] == {"max": 50, "scale": {"low": 1}, "title": "None", "tone": "fault"}
    assert lifted["bind"] == {
        "/value": tag(),
        "/max": {**tag(), "transforms": [{"op": "scale", "factor": 10.0}]},
    }


def test_without_a_way_nothing_is_touched():
    gap = manifest("gauge", props_version=3, migrations=[migration(1, OPS)])
    old = {"type": "gauge", "props_version": 1, "props": {"maximum": 5}, "bind": {}}
    assert not can_lift(1, gap)
    assert lift_element(old, gap) == old
    newer = {**old, "props_version": 9}
    assert lift_element(newer, manifest("gauge", **THIRD)) == newer


def test_the_check_looks_at_lifted_elements():
    old = changed(["pages/main.json", "elements", GAUGE], element(props={"maximum": 1}))
    rest = ("pages/main.json", "pages/detail.json", "blocks/machine.1.json")
    for path in rest:
        for one in old[path]["elements"].values():
            if one["type"] == "gauge" and "max" in one["props"]:
                one["props"]["maximum"] = one["props"].pop("max")
    assert codes(old, catalog(**THIRD)) == set()
    assert "component.migration" in codes(app(), catalog(props_version=2))


def test_requires_follows():
    files = changed(["app.json", "requires"], {"gauge": 1, "card": 1, "gone": 4})
    lifted = lift_files(files, catalog(**THIRD).manifests)
    assert lifted["app.json"]["requires"] == {"gauge": 3, "card": 1, "gone": 4}
    assert lift_files(files, catalog().manifests) == files


KEYS = st.sampled_from(["a", "b", "max", "0", "low", "v", "~", "/"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
PROPS = st.dictionaries(KEYS, JSON, max_size=5)
POINTER = st.lists(KEYS, min_size=1, max_size=4).map(
    lambda parts: "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
)
OP = st.builds(
    lambda **fields: MigrationOp.model_validate(fields),
    op=st.sampled_from(["rename", "move", "remove", "default", "map_value", "wrap", "unwrap", "scale"]),
    path=POINTER,
    to=st.none() | POINTER,
    value=JSON,
    map=st.none() | st.dictionaries(st.text(max_size=4), JSON, max_size=3),
    factor=st.none() | st.floats(),
    key=st.none() | KEYS,
)


@settings(max_examples=600, deadline=None)
@given(PROPS, st.lists(OP, max_size=6))
def test_pure_and_total(props, ops):
    before = copy.deepcopy(props)
    one = manifest("gauge", props_version=2, migrations=[migration(1, [o.model_dump(by_alias=True) for o in ops])])
    first = lift_props(props, 1, one)
    assert props == before
    assert lift_props(props, 1, one) == first
    json.dumps(first, allow_nan=False)  # still a document


@settings(max_examples=200, deadline=None)
@given(PROPS, POINTER, POINTER)
def test_nothing_is_lost_by_renaming(props, path, to):
    def values(node):
        if isinstance(node, dict):
            return sum(map(values, node.values()))
        return sum(map(values, node)) if isinstance(node, list) else 1

    assert values(apply_op(props, op(op="rename", path=path, to=to))) == values(props)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["pages/main.json", "app.json", "x"]), JSON, max_size=3))
def test_whatever_the_files_are(files):
    lift_files(files, catalog(**THIRD).manifests)
    check_files(files, Surroundings(catalog(**THIRD), frozenset()), "line")
