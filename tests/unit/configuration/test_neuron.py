"""Exports of EMQX Neuron (Modbus): mapped, or named; never silently wrong."""

import json

import pytest

from edge_agent.configuration.sheet_source import tags_in
from edge_agent.spreadsheet.tag_rows import build_tag
from schemas.errors import ConfigError
from schemas.models.tag import TagConfig


def given(*tags, **group):
    made = {"group": "g", "interval": 500, "tags": list(tags), **group}
    return tags_in(json.dumps({"drivers": [{"name": "plc", "plugin": "Modbus TCP", "groups": [made]}]}).encode())


def one(**tag):
    found = given({"name": "t", "attribute": 1, **tag})
    assert found.left_out == [], found.left_out
    built, problems = build_tag(found.rows.rows[0])
    assert problems == []
    return built


@pytest.mark.parametrize(
    ("address", "kind", "wanted"),
    [
        ("1!400001", 3, {"address": "holding:0", "type": "int16", "order": "ABCD"}),
        ("1!40001", 4, {"address": "holding:0", "type": "uint16", "order": "ABCD"}),
        ("1!300101#B", 3, {"address": "input:100", "type": "int16", "order": "BADC"}),
        ("1!400010", 5, {"address": "holding:9", "type": "int32", "order": "ABCD"}),
        ("1!400010#LL", 6, {"address": "holding:9", "type": "uint32", "order": "ABCD"}),
        ("1!400010#LB", 6, {"address": "holding:9", "type": "uint32", "order": "BADC"}),
        ("1!400010#BL", 9, {"address": "holding:9", "type": "float32", "order": "CDAB"}),
        ("1!400010#BB", 9, {"address": "holding:9", "type": "float32", "order": "DCBA"}),
        ("1!400010", 7, {"address": "holding:9", "type": "int64", "order": "ABCD"}),
        ("1!400010", 10, {"address": "holding:9", "type": "float64", "order": "ABCD"}),
        ("1!000005", 11, {"address": "coil:4", "type": "bool"}),
        ("1!00031", 11, {"address": "coil:30", "type": "bool"}),
        ("1!100005", 12, {"address": "discrete:4", "type": "bool"}),
        ("1!400001.15", 11, {"address": "holding:0", "type": "uint16", "order": "ABCD", "bit": 15}),
        ("1!400020.10", 13, {"address": "holding:19", "type": "string", "length": 10, "order": "BADC"}),
        ("1!400020.10H", 13, {"address": "holding:19", "type": "string", "length": 10, "order": "ABCD"}),
        ("1!465536", 4, {"address": "holding:65535", "type": "uint16", "order": "ABCD"}),
    ],
)
def test_addresses_and_types(address, kind, wanted):
    assert one(address=address, type=kind, description="text") == TagConfig(
        name="t", description="text", scan_ms=500, **wanted
    )


def test_decimal_is_the_factor_and_bias_comes_after_it():
    tag = one(address="1!400001", type=3, decimal=0.1, bias=-40, precision=1)
    assert (tag.scale, tag.offset) == (0.1, -40)
    assert one(address="1!400001", type=3, decimal=0, bias=0).scale == TagConfig(name="t", address="holding:0").scale


@pytest.mark.parametrize(
    ("tag", "pointer", "words"),
    [
        ({"address": "400001", "type": 3}, "/address", "no Modbus address of Neuron"),
        ({"address": "1!400000", "type": 3}, "/address", "register 1 to 65536"),
        ({"address": "300!400001", "type": 3}, "/address", "station 0 to 255"),
        ({"address": "1!400001", "type": 14}, "/type", "no counterpart"),
        ({"address": "1!400001", "type": 11}, "/address", "needs its bit"),
        ({"address": "1!400001.16", "type": 11}, "/address", "needs its bit"),
        ({"address": "1!000001", "type": 3}, "/type", "is a BIT"),
        ({"address": "1!400001.10D", "type": 13}, "/address", "two bytes to a register"),
        ({"address": "1!400001", "type": 13}, "/address", "needs its length"),
        ({"address": "1!400001.3", "type": 3}, "/address", "neither BIT nor STRING"),
        ({"address": "1!400001#BB", "type": 3}, "/address", "does not go with"),
        ({"address": "1!400001#B", "type": 5}, "/address", "does not go with"),
        ({"address": "1!400001#LL", "type": 10}, "/address", "does not go with"),
        ({"address": "1!000001", "type": 11, "decimal": 2}, "/decimal", "cannot be scaled"),
        ({"address": "1!400001", "type": 3, "decimal": "x"}, "/decimal", "no number"),
        ({"address": "1!400001", "type": 3, "attribute": 2}, "/attribute", "not read"),
        ({"address": "1!400001", "type": 3, "attribute": 8}, "/attribute", "static"),
        ({"address": "1!400001", "type": 3, "attribute": None}, "/attribute", "not read"),
    ],
)
def test_what_cannot_be_mapped_is_left_out_and_named_by_its_place(tag, pointer, words):
    found = given(
        {"name": "sound", "address": "1!400001", "type": 3, "attribute": 1}, {"name": "t", "attribute": 1, **tag}
    )
    assert [row.values["name"] for row in found.rows.rows] == ["sound"]
    (problem,) = found.left_out
    assert problem.column == f"/drivers/0/groups/0/tags/1{pointer}"
    assert "t: " in problem.message
    assert words in problem.message + problem.hint


def test_what_differs_is_told():
    found = given({"name": "t", "attribute": 3, "address": "1!400001", "type": 3, "precision": 2}, interval=1)
    text = " ".join(found.notes)
    assert "may be written" in text
    assert "rounded in Neuron" in text
    assert "an interval outside" in text
    assert "first register 1" in text


def test_several_stations_and_groups_become_connections_and_names():
    tag = {"attribute": 1, "type": 3, "name": "t"}
    groups = [
        {"group": "a", "interval": 100, "tags": [{**tag, "address": "1!400001"}]},
        {"group": "b", "interval": 100, "tags": [{**tag, "address": "2!400001"}]},
    ]
    found = tags_in(json.dumps({"drivers": [{"name": "plc", "groups": groups}]}).encode())
    assert [(row.connection, row.values["name"]) for row in found.rows.rows] == [("plc_1", "a.t"), ("plc_2", "b.t")]
    assert any("plc_1, plc_2" in note for note in found.notes)


@pytest.mark.parametrize("form", ["tags", "groups", "list"])
def test_parts_of_an_export_are_read_too(form):
    tags = [{"name": "t", "attribute": 1, "type": 3, "address": "1!400001"}]
    document = {"tags": {"tags": tags}, "groups": {"groups": [{"name": "g", "tags": tags}]}, "list": tags}[form]
    assert [row.values["name"] for row in tags_in(json.dumps(document).encode()).rows.rows] == ["t"]


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"drivers": 3}', '{"drivers": [{"groups": [{"tags": [1]}]}]}', "[" * 5000]
)
def test_what_is_no_export_is_refused_with_words(text):
    with pytest.raises(ConfigError) as told:
        tags_in(text.encode())
    assert "An export has" in str(told.value.problems[0].hint if told.value.problems else told.value)
