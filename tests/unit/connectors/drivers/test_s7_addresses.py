"""Addresses, settings and plans of the S7 driver: no CPU is needed."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.drivers.s7.address import Address, parse_address, types_of
from connectors.drivers.s7.layout import compile_plan, messages
from connectors.planner import plan_blocks
from connectors.registry import configure
from schemas.errors import ConfigError
from schemas.models.agent import AgentConfig
from schemas.quality import Quality

from .s7_cpu import tag


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DB1.DBX0.3", Address("DB", 1, 0, 0, "BOOL", 3)),
        ("%db1.dbx0.3", Address("DB", 1, 0, 0, "BOOL", 3)),
        ("DB1.BOOL7.0", Address("DB", 1, 7, 0, "BOOL", 0)),
        ("DB10.DBW2", Address("DB", 10, 2, 2)),
        ("DB10.DBB3", Address("DB", 10, 3, 1)),
        ("DB10.DBB3:SINT", Address("DB", 10, 3, 1, "SINT")),
        ("DB10.DBD4:REAL", Address("DB", 10, 4, 4, "REAL")),
        ("DB10,REAL4", Address("DB", 10, 4, 4, "REAL")),
        ("DB10 . DBX8.0 : LREAL", Address("DB", 10, 8, 8, "LREAL")),
        ("DB1.STRING20", Address("DB", 1, 20, 0, "STRING")),
        ("DB1.STRING20.30", Address("DB", 1, 20, 0, "STRING", None, 30)),
        ("DB1.WSTRING20[30]", Address("DB", 1, 20, 0, "WSTRING", None, 30)),
        ("DB1.DBB20:STRING", Address("DB", 1, 20, 0, "STRING")),
        ("DB1.DBX20.0:STRING[9]", None),
        ("M10.0", Address("M", 0, 10, 0, "BOOL", 0)),
        ("M10.7:BOOL", Address("M", 0, 10, 0, "BOOL", 7)),
        ("MB1", Address("M", 0, 1, 1)),
        ("MW4", Address("M", 0, 4, 2)),
        ("MD4:DINT", Address("M", 0, 4, 4, "DINT")),
        ("MDINT4", Address("M", 0, 4, 4, "DINT")),
        ("EW0", Address("I", 0, 0, 2)),
        ("I0.1", Address("I", 0, 0, 0, "BOOL", 1)),
        ("A2.5", Address("Q", 0, 2, 0, "BOOL", 5)),
        ("QB1", Address("Q", 0, 1, 1)),
    ],
)
def test_addresses_as_integrators_write_them(text, found):
    if found is None:
        with pytest.raises(ValueError):
            parse_address(text)
    else:
        assert parse_address(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("holding:12", "is no S7 address"),
        ("DB1", "is no S7 address"),
        ("DB1.DBW", "is no S7 address"),
        ("DB0.DBW0", "numbered from 1 to 65535"),
        ("DB70000.DBW0", "numbered from 1 to 65535"),
        ("DB1.DBW70000", "outside 0 to 65535"),
        ("DB1.DBX0", "must name a bit"),
        ("M10", "is no S7 address"),
        ("M10.8", "from 0 to 7"),
        ("DB1.DBX0.8", "from 0 to 7"),
        ("DB1.DBW0.3", "only a bit is written with a dot"),
        ("DB1.DBW0:REAL", "REAL takes 4 bytes, W stands for 2"),
        ("DB1.DBD0:FLOAT", "'FLOAT' is no type"),
        ("DB1.INT0:UINT", "names two types"),
        ("DB1.DBX1.2:REAL", "begins at a whole byte"),
        ("DB1.DBW0[3]", "only STRING and WSTRING have a length"),
        ("DB1.DBW20:STRING", "write DB1.STRING20"),
        ("DB1.STRING0.255", "1 to 254 characters"),
        ("PIW256", "the periphery cannot be read"),
        ("T5", "timers and counters cannot be read"),
    ],
)
def test_addresses_that_cannot_be_say_why(text, why):
    with pytest.raises(ValueError, match=why):
        parse_address(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="DBXWMIQ%.,:[]STRINGREAL0123456789 é", max_size=20))
def test_any_other_text_is_refused_as_such(text):
    message = text
    try:
        parse_address(text)
    except ValueError as error:
        message = str(error)
    assert text in message


def test_all_problems_of_a_plan_at_once_each_with_its_hint():
    driver = configure("s7", {"host": "plc"})
    plan = driver.plan(
        [
            tag("DB1.DBW0"),
            tag("nonsense"),
            tag("DB1.DBW0", "float32"),
            tag("DB1.DBX0.0", "int16"),
            tag("DB1.DBD0:REAL", "int32"),
            tag("DB1.STRING0.20", "string", length=10),
            tag("DB1.DBD0", "int32", bit=3),
            tag("DB1.DBB0", "uint16", bit=8),
            tag("DB1.DBB0", "uint16", order="BADC"),
            tag("DB1.DBW65535"),
        ]
    )
    assert [problem.index for problem in plan.problems] == list(range(1, 10))
    assert all(problem.hint and "DB1" in problem.message for problem in plan.problems[1:])
    mismatch = Quality.TYPE_MISMATCH
    assert [problem.quality for problem in plan.problems] == [Quality.BAD_ADDRESS, *[mismatch] * 7, Quality.BAD_ADDRESS]
    assert "Use type int16 or uint16" in plan.problems[1].hint


@pytest.mark.parametrize(
    "wrong",
    [
        {"slot": 32},
        {"rack": 8},
        {"pdu_size_max": 64},
        {"string_encoding": "zlib"},
        {"string_encoding": "x"},
        {"port": 0},
    ],
)
def test_settings_that_cannot_be(wrong):
    with pytest.raises(ConfigError):
        configure("s7", {"host": "plc", **wrong})


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(0, 2000), st.sampled_from([1, 2, 4, 8, 250])), min_size=1, max_size=60
    ),
    st.integers(128, 960),
)
def test_no_message_is_longer_than_may_be_and_every_byte_is_asked_for(places, pdu_size):
    tags = [
        tag(f"DB{db}.STRING{start}", "string", length=240)
        if width == 250
        else tag(f"DB{db}.DBX{start}.0:{ {1: 'BYTE', 2: 'WORD', 4: 'DWORD', 8: 'LWORD'}[width] }", of)
        for db, start, width in places
        for of in [{1: "uint16", 2: "uint16", 4: "uint32", 8: "uint64", 250: "string"}[width]]
    ]
    config = configure("s7", {"host": "plc"}).config
    plan = compile_plan(config, tags)
    asked = set()
    for group in messages(plan.fit(pdu_size), pdu_size, config.items_max):
        assert len(group) <= 20
        assert 12 + 12 * len(group) <= pdu_size
        assert 14 + sum(4 + size + size % 2 for _, (_, _, _, size) in group) <= pdu_size
        asked |= {(db, start + n) for _, (_, db, start, size) in group for n in range(size)}
    for target in plan.targets.values():
        assert {(target.block, target.start + n) for n in range(target.size)} <= asked


def test_ranges_are_planned_in_bytes():
    # Negative control of the property above: a planner without the limit would make one long range.
    plan = compile_plan(configure("s7", {"host": "plc"}).config, [tag(f"DB1.DBW{n}") for n in range(0, 2000, 2)])
    spans = [span for one in plan.fit(240) for span in one.block.spans]
    assert len(plan.ranges) == 10
    assert len(plan_blocks(spans, gap_max=0, length_max=2000)) == 1


def test_the_example_and_every_address_of_the_page_are_right():
    page = (Path(__file__).parents[4] / "docs" / "how-to" / "read-a-siemens-s7.md").read_text("utf-8")
    document = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", page, re.S)[0])
    connection = AgentConfig.model_validate(document).connections[0]
    plan = configure("s7", connection.config).plan(connection.tags)
    assert len(plan.tags) == 7
    assert not plan.problems
    table = page.partition("## Addresses")[2].partition("\n\nCapitals")[0]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| `")]
    assert len(rows) == 8
    for row in rows:
        possible = set(re.findall(r"`(\w+)`", row[3]))
        for address in re.findall(r"`([^`]+)`", row[1]):
            of = types_of(parse_address(address))
            assert set(of) <= possible, address
