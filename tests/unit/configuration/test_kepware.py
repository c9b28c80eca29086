"""Exports of KEPServerEX (Modbus): mapped, or named; never silently wrong."""

import pytest

from edge_agent.config import load_config
from edge_agent.configuration.sheet_source import tags_in
from edge_agent.spreadsheet.tag_rows import build_tag
from schemas.models.tag import TagConfig

HEAD = (
    "Tag Name,Address,Data Type,Respect Data Type,Client Access,Scan Rate,Scaling,Raw Low,Raw High,Scaled Low,"
    "Scaled High,Scaled Data Type,Clamp Low,Clamp High,Eng Units,Description,Negate Value"
)


def given(*rows):
    return tags_in("\r\n".join([HEAD, *rows]).encode())


def one(row):
    found = given(row)
    assert found.left_out == [], found.left_out
    tag, problems = build_tag(found.rows.rows[0])
    assert problems == []
    return tag


@pytest.mark.parametrize(
    ("address", "kind", "wanted"),
    [
        ("400001", "Word", {"address": "holding:0", "type": "uint16", "order": "ABCD"}),
        ("40001", "Short", {"address": "holding:0", "type": "int16", "order": "ABCD"}),
        ("300101", "Float", {"address": "input:100", "type": "float32", "order": "CDAB"}),
        ("400010", "DWord", {"address": "holding:9", "type": "uint32", "order": "CDAB"}),
        ("400010", "Long", {"address": "holding:9", "type": "int32", "order": "CDAB"}),
        ("400010", "Double", {"address": "holding:9", "type": "float64", "order": "CDAB"}),
        ("400010", "LLong", {"address": "holding:9", "type": "int64", "order": "CDAB"}),
        ("400010", "QWord", {"address": "holding:9", "type": "uint64", "order": "CDAB"}),
        ("000005", "Boolean", {"address": "coil:4", "type": "bool"}),
        ("100005", "Boolean", {"address": "discrete:4", "type": "bool"}),
        ("400010.3", "Boolean", {"address": "holding:9", "type": "uint16", "order": "ABCD", "bit": 3}),
        ("400010.20H", "String", {"address": "holding:9", "type": "string", "length": 20, "order": "ABCD"}),
        ("400010.20L", "String", {"address": "holding:9", "type": "string", "length": 20, "order": "BADC"}),
        ("H4000A", "Word", {"address": "holding:9", "type": "uint16", "order": "ABCD"}),
        ("465536", "Word", {"address": "holding:65535", "type": "uint16", "order": "ABCD"}),
    ],
)
def test_addresses_and_types(address, kind, wanted):
    assert one(f'"g.t","{address}",{kind},1,RO,1000,,,,,,,,,"bar","text",0') == TagConfig(
        name="g.t", unit="bar", description="text", scan_ms=1000, **wanted
    )


def test_linear_scaling_is_factor_and_offset():
    tag = one("t,400001,Word,1,RO,100,Linear,0,27648,-50,150,Float,0,0,°C,,0")
    assert 27648 * tag.scale + tag.offset == pytest.approx(150)
    assert tag.offset == -50
    tag = one("t,400001,Short,1,RO,100,Linear,4,20,0,10,Double,1,1,bar,,0")
    assert 4 * tag.scale + tag.offset == pytest.approx(0)
    assert tag.span == (0, 10)


def test_negated():
    tag = one("t,400001,Short,1,RO,100,Linear,0,100,0,10,,1,1,,,1")
    assert tag.scale == pytest.approx(-0.1)
    assert tag.span == (-10, 0)
    assert one("t,400001,Short,1,RO,100,,,,,,,,,,,1").scale == -1.0


def test_what_differs_is_named():
    notes = "\n".join(
        given(
            "a,400001,Float,0,R/W,5,,,,,,,,,,,0",
            "b,400003,Short,1,RO,100,Linear,0,100,0,10,Short,1,0,,,0",
        ).notes
    )
    for wanted in (
        "may be written in Kepware; here it is only read until it gets a 'write' rule (a)",
        "'Respect Data Type' is off; the type is fixed here (a)",
        "is set to the nearest (a)",
        "low word first (order CDAB)",
        "is clamped in Kepware; here a value outside the span stays and is marked uncertain (b)",
        "is rounded to Short in Kepware; here the exact value is kept (b)",
        "addresses from 1",
    ):
        assert wanted in notes, notes


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("t,400001 [10],Word,1,RO,100,,,,,,,,,,,0", "address", "no Modbus address that can be mapped"),
        ("t,DB1.DBW0,Word,1,RO,100,,,,,,,,,,,0", "address", "no Modbus address that can be mapped"),
        ("t,40000A,Word,1,RO,100,,,,,,,,,,,0", "address", "no Modbus address that can be mapped"),
        ("t,400000,Word,1,RO,100,,,,,,,,,,,0", "address", "outside 1 to 65536"),
        ("t,400001,BCD,1,RO,100,,,,,,,,,,,0", "data type", "no counterpart"),
        ("t,400001,Boolean,1,RO,100,,,,,,,,,,,0", "address", "needs its bit"),
        ("t,400001.16,Boolean,1,RO,100,,,,,,,,,,,0", "address", "needs its bit"),
        ("t,400001.3,Word,1,RO,100,,,,,,,,,,,0", "address", "stands at an address of type word"),
        ("t,000001,Word,1,RO,100,,,,,,,,,,,0", "data type", "a coil is a Boolean"),
        ("t,400001,String,1,RO,100,,,,,,,,,,,0", "address", "needs its length"),
        ("t,400001,Word,1,WO,100,,,,,,,,,,,0", "client access", "only be written"),
        ("t,400001,Word,1,RO,100,Square Root,0,1,0,1,,,,,,0", "scaling", "cannot be mapped"),
        ("t,400001,Word,1,RO,100,Linear,5,5,0,1,,,,,,0", "raw high", "there is no factor"),
        ("t,400001,Word,1,RO,100,Linear,,5,0,1,,,,,,0", "raw low", "needs raw and scaled bounds"),
        ("t,400001,Word,1,RO,fast,,,,,,,,,,,0", "scan rate", "is not a number"),
        ("_System,400001,Word,1,RO,100,,,,,,,,,,,0", "tag name", "system tag"),
    ],
)
def test_what_cannot_be_mapped_is_left_out_and_told(row, column, reason):
    found = given(row)
    assert found.rows.rows == []
    assert [(one.row, one.column) for one in found.left_out] == [(2, column)]
    assert reason in found.left_out[0].message


def test_by_command(edge, agent, tmp_path):
    path = tmp_path / "kepware.csv"
    rows = [HEAD, '"oil","400021",Word,1,RO,500,,,,,,,,,"%","level",0', "x,400001,BCD,1,RO,1,,,,,,,,,,,0"]
    path.write_text("\n".join(rows))
    code, out, err = edge("import", path, "--connection", "press_2", "--apply")
    assert code == 0, err
    assert "Left out, 1 row that" in out
    assert "row 3, data type: 'BCD' has no counterpart here." in out
    tags = {tag.name: tag for one in load_config(agent).config.connections for tag in one.tags if one.id == "press_2"}
    assert tags["oil"].address == "holding:20"
    assert set(tags) == {"a", "b", "oil"}
