"""Addresses of the EtherNet/IP driver, the frames it explains, and its page."""

import random
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.diagnostics.frames import Frame
from connectors.drivers.ethernet_ip.address import Address, parse_address
from connectors.drivers.ethernet_ip.cip import TYPES
from connectors.drivers.ethernet_ip.frames import in_words
from connectors.drivers.ethernet_ip.layout import messages
from connectors.drivers.ethernet_ip.messages import path_of
from connectors.drivers.ethernet_ip.targets import Target, locate, misfit
from connectors.drivers.ethernet_ip.testing.services import parse_path
from connectors.registry import configure
from edge_agent.config import parse_config
from schemas.quality import Quality

from .logix import ATOMIC, Controller, reading, tag

PAGE = Path(__file__).parents[4] / "docs" / "how-to" / "read-an-allen-bradley-logix.md"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Speed", Address("Speed")),
        (" Speed ", Address("Speed")),
        ("Recipe[2]", Address("Recipe", (2,))),
        ("Map[1, 4]", Address("Map", (1, 4))),
        ("Cube[1,2,3].5", Address("Cube", (1, 2, 3), 5)),
        ("Motor[3].Temp", Address("Motor[3].Temp")),
        ("Program:Main.Motor[3].Steps[70000]", Address("Program:Main.Motor[3].Steps", (70000,))),
        ("Status.31", Address("Status", (), 31)),
        ("Local:1:I.Data.0", Address("Local:1:I.Data", (), 0)),
        ("AENT:2:O.Ch1Data", Address("AENT:2:O.Ch1Data")),
        ("_private", Address("_private")),
    ],
)
def test_addresses_are_read_as_written(text, address):
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is no name"),
        ("1Speed", "is no name"),
        ("Speed.", "is no name"),
        ("Speed..Temp", "is no name"),
        ("Speed[", "is no name"),
        ("Speed[]", "one to three element numbers"),
        ("Speed[1,2,3,4]", "one to three element numbers"),
        ("Speed[-1]", "is no name"),
        ("Speed[١]", "is no name"),
        ("Speed[9999999999]", "that many elements"),
        ("[1]", "is no name"),
        ("Speed.64", "bits are numbered from 0 to 63"),
        ("Program:Main", "names a program and no tag"),
        ("Program:Main[1].Speed", "names a program and no tag"),
        ("Motor:1.Sub:2", "is no name"),
        ("a" * 41, "is no name"),
        ("Drücke", "is no name"),
        ("N7:0/3", "is no name"),
        (".".join("a" * 30), "more than 20 parts"),
    ],
)
def test_addresses_that_are_none_say_why(text, why):
    with pytest.raises(ValueError, match=why):
        parse_address(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="aZ_09[],.: é", max_size=30))
def test_any_text_is_an_address_or_refused(text):
    try:
        address = parse_address(text)
    except ValueError:
        return
    assert parse_address(address.text) == Address(address.base, address.index)


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
NUMBERS = st.lists(st.integers(0, 2**31 - 1), max_size=3)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(NAMES, NUMBERS), min_size=1, max_size=5))
def test_the_path_of_a_tag_leads_a_controller_to_it(steps):
    text = ".".join(name + (f"[{','.join(map(str, numbers))}]" if numbers else "") for name, numbers in steps)
    path = path_of(text)
    assert path[0] * 2 == len(path) - 1
    wanted = [part for name, numbers in steps for part in (name, *numbers)]
    assert parse_path(path[1:]) == (wanted, {})


@pytest.mark.parametrize(
    ("one", "quality"),
    [
        (tag("Speed", order="CDAB"), Quality.TYPE_MISMATCH),
        (tag("Speed.3", "int32"), Quality.TYPE_MISMATCH),
        (tag("Speed.3", "uint16", bit=3), Quality.TYPE_MISMATCH),
        (tag("Speed", "float32", bit=3), Quality.TYPE_MISMATCH),
        (tag("Speed", "bool", bit=3), Quality.TYPE_MISMATCH),
        (tag("Speed-1"), Quality.BAD_ADDRESS),
    ],
)
def test_tags_that_cannot_be_are_problems_of_the_plan(one, quality):
    plan = configure("ethernet_ip", {"host": "plc"}).plan([tag("Good"), one])
    (problem,) = plan.problems
    assert (problem.index, problem.quality) == (1, quality)
    assert problem.hint
    assert set(plan.targets) == {0}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b" * 20, "c" * 40]), st.integers(0, 400)), min_size=1, max_size=80),
    st.integers(100, 4000),
    st.integers(0, 20),
)
def test_every_tag_is_in_one_range_and_no_message_is_too_long(wanted, size, gap):
    names = {f"{name}[{number}]" for name, number in wanted}
    driver = configure("ethernet_ip", {"host": "plc", "gap_max": gap})
    plan = driver.plan([tag(name) for name in sorted(names)])
    ranges = plan.fit(size)
    assert sorted(span.index for one in ranges for span in one.block.spans) == list(range(len(names)))
    for group in messages(ranges, size, 200):
        assert 2 + 6 + 2 + sum(2 + len(one.request()) for one in group) <= size
        assert 2 + 4 + 2 + sum(2 + 4 + 2 + 4 * one.block.count for one in group) <= size


def test_a_type_is_taken_as_what_it_is_or_as_wide_without_sign():
    for code, kind in TYPES.items():
        for of in kind.tags:
            target = locate(tag("A", of))
            assert isinstance(target, Target)
            assert misfit(tag("A", of), target, code) == ""
        assert misfit(tag("A", "string", length=3), target, code).startswith("it is no STRING")


async def test_frames_in_words():
    async with Controller() as controller, reading(controller) as driver:
        controller.tags.add("Speed", ATOMIC["DINT"]).memory[0] = 7
        seen = []
        driver.tap.sent = driver.tap.received = seen.append
        await driver.connect()
        await driver.read(driver.plan([tag("Speed")]))
        await driver.read(driver.plan([tag("Speed"), tag("Motor[300].Temp")]))
    said = driver.read_frames([Frame(0, "sent", data, len(data)) for data in seen])
    assert said[0] == "register session"
    assert said[2] == "open large connection"
    assert said[3].startswith("open large connection answered")
    assert re.fullmatch(r"#\d+ read Speed", said[4])
    assert re.fullmatch(r"#\d+ read answered c4 00 07 00 00 00", said[5])
    assert re.fullmatch(r"#\d+ 2 parts: read Speed, read Motor\[300\]\.Temp", said[6])
    assert re.fullmatch(r"#\d+ 2 parts answered: read answered c4 .*, read REFUSED CIP status 0x04.*", said[7])


def test_any_bytes_can_be_put_into_words():
    chance = random.Random(3)
    rows = [chance.randbytes(chance.randrange(90)) for _ in range(2000)]
    rows += [b"\x70\0" + row[2:8] + bytes(4) + row[12:] for row in rows]
    rows += [b"\x6f\0" + row[2:8] + bytes(4) + row[12:40] + b"\x0a\x02" + row[42:] for row in rows[:2000]]
    assert len(in_words([Frame(0, "received", row, len(row)) for row in rows])) == len(rows)


def test_the_example_and_every_address_of_the_page_are_right(tmp_path):
    page = PAGE.read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    connection = parse_config(example, base=tmp_path).config.connections[0]
    assert yaml.safe_load(example)["connections"][0]["driver"] == "ethernet_ip"
    plan = configure("ethernet_ip", connection.config).plan(connection.tags)
    assert len(plan.tags) == 7
    assert not plan.problems
    table = page.partition("## Addresses")[2].partition("\n\nCapitals")[0]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| `")]
    assert len(rows) == 8
    for row in rows:
        for address in re.findall(r"`([^`]+)`", row[1]):
            parse_address(address)
    types = page.partition("## Types")[2].partition("\n\n")[2].partition("\n\n")[0]
    listed = {}
    for _, names, of, *_ in (row.split("|") for row in types.splitlines() if "`" in row):
        possible = set(re.findall(r"`(\w+)`", of))
        listed |= dict.fromkeys(re.findall(r"\b[A-Z]+\b", names.partition("(")[0]), possible)
    assert listed.pop("STRING") == {"string", "length"}
    assert listed == {kind.name: set(kind.tags) for kind in TYPES.values()}
