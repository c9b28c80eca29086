"""Typing values at the agent: which tag is meant, which time, what is told; and how dated rows become samples."""

import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from connectors.driver import Delivery, Reading
from edge_agent.batcher import Batcher
from edge_agent.calculated.engine import Outcome
from edge_agent.cli import run_cli
from edge_agent.commissioning.doctor import examine
from edge_agent.config import parse_config
from edge_agent.entering.desk import enter, typed_tag, typed_tags
from edge_agent.entering.times import entry_time, shown_time
from edge_agent.listening import take_delivery
from edge_agent.pipeline.scan import ScanClass
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from schemas.wire.columns import Columns
from tests.support.processes import ROOT

CONFIG = """
version: 1
edge: hall_1
broker: {url: "mqtt://127.0.0.1:1"}
connections:
  - id: hand
    driver: manual_entry
    tags: [{name: weight, address: weight, type: float64, unit: kg}, {name: note, address: n, type: string, length: 9}]
  - id: shift
    driver: manual_entry
    config: {journal: JOURNAL}
    tags: [{name: weight, address: weight, type: float64}, {name: gauge, address: "gauge; every 8 h", type: int16}]
  - {id: press, driver: csv_folder, config: {folder: x}, tags: [{name: strokes, address: a}]}
"""


@pytest.fixture
def berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def us(*parts):
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.skipif(os.name == "nt", reason="Windows has one zone for the whole computer")
@pytest.mark.usefixtures("berlin")
def test_times_as_people_write_them():
    now = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # the 28th in Berlin
    assert entry_time("14:30", now) == us(2026, 11, 28, 13, 30)
    assert entry_time("7:05:09", now) == us(2026, 11, 28, 6, 5, 9)
    assert entry_time("2026-07-01 14:30", now) == us(2026, 7, 1, 12, 30)
    assert entry_time("2026-11-27T14:30:00.25+08:00", now) == us(2026, 11, 27, 6, 30) + 250_000
    assert entry_time("2026-10-25T02:30+01:00", now) == us(2026, 10, 25, 1, 30)
    for text, code in (
        ("2026-10-25 02:30", "entry.clock_change"), ("2026-03-29 02:30", "entry.clock_change"),
        ("half past two", "entry.time"), ("25:00", "entry.time"), ("", "entry.time"), ("0001-01-01", "entry.time"),
    ):  # fmt: skip
        with pytest.raises(ConfigError) as caught:
            entry_time(text, now)
        assert caught.value.code == code, text
    ts = us(2026, 7, 1, 12, 30) + 123_456
    assert entry_time(shown_time(ts, fine=True), now) == ts
    assert shown_time(ts) == "2026-07-01 14:30:00+02:00"  # nobody reads microseconds


def connections(folder, journal="shift_book"):
    return parse_config(CONFIG.replace("JOURNAL", journal), base=Path(folder)).config.connections


def test_the_tag_that_is_meant(tmp_path):
    known = connections(tmp_path)
    assert [one.key for one in typed_tags(known)] == ["hand/weight", "hand/note", "shift/weight", "shift/gauge"]
    assert typed_tag(known, "gauge").key == typed_tag(known, "shift/gauge").key == "shift/gauge"
    for name, code, hint in (
        ("weight", "entry.ambiguous", "hand/weight, shift/weight"), ("strokes", "entry.unknown", "hand/note"),
        ("hand/nothing", "entry.unknown", "hand/note"),
    ):  # fmt: skip
        with pytest.raises(ConfigError) as caught:
            typed_tag(known, name)
        assert caught.value.code == code
        assert hint in caught.value.hint
    with pytest.raises(ConfigError, match="no tags that people type"):
        typed_tag(known[2:], "weight")


async def test_the_doctor_does_not_call_it_wrong_that_nobody_has_typed_yet(tmp_path):
    _, shift, _ = connections(tmp_path)
    await enter((shift,), typed_tag((shift,), "weight"), "1", None, key="k", via="test")
    found = await examine(shift)
    assert [(one.severity, one.where) for one in found if one.code.startswith("tag.")] == [("note", "shift/gauge")]
    assert any("1 of 2 tags are good" in one.what for one in found)


async def test_one_address_of_two_connections_in_one_journal_is_refused(tmp_path):
    shared = connections(tmp_path, "entries")
    # The default written out is the same journal.
    with pytest.raises(ConfigError) as caught:
        await enter(shared, typed_tag(shared, "hand/weight"), "1", None, key="k", via="test")
    assert caught.value.code == "entry.shared"
    apart = connections(tmp_path)
    await enter(apart, typed_tag(apart, "hand/weight"), "1", None, key="k", via="test")
    await enter(apart, typed_tag(apart, "shift/weight"), "2", None, key="k", via="test")
    names = sorted(path.name.partition("-20")[0] for path in (tmp_path / "data" / "entries").glob("*.jsonl"))
    assert names == ["entries", "shift_book"]


def test_the_command_tells_what_it_kept_and_what_it_did_not(tmp_path, capsys):
    file = tmp_path / "agent.yaml"
    file.write_text(CONFIG.replace("JOURNAL", "shift_book").replace("\nedge: hall_1", "\nedge: hall_1\ndata_dir: data"))

    def run(*words):
        code = run_cli(["enter", *words, "-c", str(file)])
        told = capsys.readouterr()
        return code, told.out + told.err

    assert run("gauge", "-7", "--correct") == (2, "edge-agent: shift/gauge has no entry yet.\n  Leave --correct out.\n")
    code, told = run("gauge", "7", "--at", "2026-01-01")
    assert (code, "more than 31 days ago" in told or "lies ahead" in told) == (2, True)
    code, told = run("gauge", "-7", "--key", "one")
    assert (code, told.partition(" at ")[0]) == (0, "Kept: shift/gauge = -7")
    assert run("gauge", "8", "--key", "one") == (0, told)  # the same entry sent again
    assert "in place of -7." in run("gauge", "9", "--correct")[1]
    code, told = run()
    assert "hand/weight: nothing yet" in told
    assert re.search(r"shift/gauge: 9 at .*, due ", told)
    assert run("gauge")[0] == 2
    assert run("gauge", "7", "--key", "x" * 81)[0] == 2


async def sent(deliveries):
    """(ts, value) of what a scan class makes of deliveries, and its newest sample."""
    tags = [TagConfig.model_validate({"name": "a", "address": "a", "type": "float64"})]
    conn = ConnectionConfig.model_validate(
        {"id": "hand", "driver": "manual_entry", "time": {"source": "device", "skew_max_s": None},
         "report": {"mode": "always"}, "tags": [tags[0].model_dump(exclude_defaults=True)]}
    )  # fmt: skip
    scan = ScanClass(conn, tags, 1000, np.zeros(1, dtype="<u4"), {}, 0)
    out = []
    process = scan.process

    def watched(*given, **more):
        cycle = process(*given, **more)
        out.extend((int(c.ts[0]), float(c.v[0])) for c in cycle.groups)
        return cycle

    scan.process = watched
    batcher = Batcher(lambda _: True, rev="r", profile="disk")
    for value, ts, dated in deliveries:
        columns = Columns("f", np.zeros(1, "<u4"), np.array([9_000_000]), np.array([Quality.MANUAL], "u1"),
                          np.array([value]))  # fmt: skip
        reading = Reading(columns, np.array([ts]))
        take_delivery("hand", scan, Delivery(([reading],), dated=dated), batcher, lambda _: Outcome())
    batcher.close()
    (newest,) = scan.current()
    return out, (int(newest.ts[0]), float(newest.v[0]))


async def test_a_dated_row_takes_the_place_of_another_and_an_old_one_is_not_the_newest():
    rows = [(1.0, 5_000_000), (2.0, 5_000_000), (3.0, 4_000_000)]
    assert await sent([(*row, True) for row in rows]) == (
        [(5_000_000, 1.0), (5_000_000, 2.0), (4_000_000, 3.0)], (5_000_000, 2.0),
    )  # fmt: skip
    # Negative control: rows of a device are kept apart, and the one that comes last is the newest.
    assert await sent([(*row, False) for row in rows]) == (
        [(5_000_000, 1.0), (5_000_001, 2.0), (4_000_000, 3.0)], (4_000_000, 3.0),
    )  # fmt: skip


def test_the_example_of_the_page_is_right(tmp_path):
    page = (ROOT / "docs" / "how-to" / "type-values-in.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    config = parse_config(example, base=tmp_path).config
    typed = {one.connection.id for one in typed_tags(config.connections)}
    assert typed == {one.id for one in config.connections}
    commands = re.findall(r"^edge-agent enter (\S+)", page, re.M)
    assert commands
    assert {typed_tag(config.connections, name).connection.driver for name in commands} == {"manual_entry"}
