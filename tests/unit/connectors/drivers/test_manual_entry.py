"""Manual entry: what may be typed, a journal that loses and doubles nothing, corrections, values that are overdue."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

import pytest

from connectors.driver import Delivery
from connectors.drivers.manual_entry import journal as module
from connectors.drivers.manual_entry.address import EntryAddress, parse_address
from connectors.drivers.manual_entry.checks import checked
from connectors.drivers.manual_entry.journal import Journal, JournalEntry
from connectors.folder.appending import append_line, one_at_a_time
from connectors.own_folder import keep_below
from connectors.registry import configure
from schemas.errors import ConfigError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import Quality

HOUR_US = 3_600_000_000


def tag(name="weight", kind="float64", **more):
    return TagConfig.model_validate({"name": name, "address": more.pop("address", name), "type": kind, **more})


def entry(value="1.5", ts=None, name="weight", key=None):
    now = time.time_ns() // 1000
    return JournalEntry(name, value, now if ts is None else ts, now, key or os.urandom(8).hex(), "test")


STOPPED = {"texts": {"0": "Stopped", "1": "Running"}, "texts_i18n": {"zh-CN": {"0": "停止"}}}


@pytest.mark.parametrize(
    ("given", "text", "kept"),
    [
        (tag(), " 12.50 ", "12.5"),
        (tag(), "-0", "0.0"),
        (tag(kind="int32"), "-4", "-4"),
        (tag(kind="uint64"), "18446744073709551615", "18446744073709551615"),
        (tag(kind="int16", span=(-10, 40)), "40", "40"),
        (tag(kind="int16", scale=0.1, span=(0, 4)), "40", "40"),
        (tag(kind="bool"), "TRUE", "1"),
        (tag(kind="bool", **STOPPED), "stopped", "0"),
        (tag(kind="int16", **STOPPED), "停止", "0"),
        (tag(kind="string", length=12), "Öl fehlt", "Öl fehlt"),
        (tag(kind="string", length=1, texts={"a": "First"}), "first", "a"),
    ],
)
def test_what_may_be_typed(given, text, kept):
    assert checked(given, text) == kept


@pytest.mark.parametrize(
    ("given", "text", "code"),
    [
        (tag(), " ", "entry.empty"),
        (tag(), "12,5", "entry.comma"),
        (tag(), "about 12", "entry.kind"),
        (tag(), "nan", "entry.kind"),
        (tag(), "1e999", "entry.kind"),
        (tag(kind="float32"), "1e39", "entry.too_large"),
        (tag(kind="int16"), "1.5", "entry.kind"),
        (tag(kind="uint16"), "65536", "entry.too_large"),
        (tag(kind="uint16"), "-1", "entry.too_large"),
        (tag(kind="int16", span=(-10, 40)), "41", "entry.span"),
        (tag(kind="int16", scale=0.1, span=(0, 4)), "41", "entry.span"),
        (tag(kind="bool"), "2", "entry.kind"),
        (tag(kind="int16", **STOPPED), "2", "entry.choice"),
        (tag(kind="string", length=4), "much too long", "entry.length"),
        (tag(kind="string", length=40), "two\nlines", "entry.characters"),
        (tag(kind="string", length=40), "\u202ereversed", "entry.characters"),
        (tag(kind="string", length=1, texts={"a": "First"}), "b", "entry.choice"),
    ],
)
def test_what_may_not_is_refused_with_a_code(given, text, code):
    with pytest.raises(ConfigError) as caught:
        checked(given, text)
    assert caught.value.code == code
    assert caught.value.message.startswith("weight: ")


def test_addresses():
    assert parse_address("batch weight") == EntryAddress("batch weight")
    assert parse_address("gauge; every 8 h") == EntryAddress("gauge", 8 * HOUR_US)
    assert parse_address("gauge;every 30min").every_us == HOUR_US // 2
    for wrong in ("; every 8 h", "a; 8 h", "a; every 0 h", "a; every 8 weeks", "a\tb", "x" * 121):
        with pytest.raises(ValueError, match=r"is no name|says nothing"):
            parse_address(wrong)


def test_half_a_line_is_ended_and_what_fails_leaves_nothing(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"half')
    append_line(path, b"whole")
    assert path.read_bytes() == b'{"half\nwhole\n'
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _full)
        with pytest.raises(OSError, match="No space"):
            append_line(path, b"more")
    assert path.read_bytes() == b'{"half\nwhole\n'


def _full(_):
    raise OSError(28, "No space left on device")


def test_the_same_key_is_kept_once_and_the_same_time_is_told(tmp_path):
    journal = Journal(tmp_path / "entries", "entries", own=True)
    first = entry("1.5", key="one")
    assert journal.append(first) == (first, None)
    again = entry("9.5", key="one")
    assert journal.append(again) == (first, None)
    second = entry("2.5", ts=first.ts)
    assert journal.append(second) == (second, first)
    assert journal.newest(["weight"]) == {"weight": second}  # of one time the later line
    older = entry("0.5", ts=first.ts - HOUR_US)
    journal.append(older)
    assert journal.newest(["weight", "none"]) == {"weight": second}
    ((name, _),) = journal.files()
    assert [json.loads(line)["value"] for line in (journal.folder / name).read_text().splitlines()] == [
        "1.5", "2.5", "0.5",
    ]  # fmt: skip


def _append_many(folder, number):
    journal = Journal(folder, "entries", own=True)
    for n in range(25):
        journal.append(entry(f"{n}.5", key=f"{number}.{n}"))


def test_programs_that_append_at_once_do_not_mix_lines(tmp_path):
    with ThreadPoolExecutor(3) as pool:  # each opens the files itself, as a program of its own would
        assert list(pool.map(_append_many, [tmp_path] * 3, range(3))) == [None] * 3
    journal = Journal(tmp_path, "entries", own=False)
    ((name, _),) = journal.files()
    part = journal.read(name, None)
    assert (len({one.key for one in part.entries}), part.refused, part.left) == (75, (), 0)


def test_a_journal_that_is_held_full_or_newer_is_told(tmp_path, monkeypatch):
    journal = Journal(tmp_path, "entries", own=False)
    monkeypatch.setattr(module, "LOCK_S", 0.1)
    with one_at_a_time(tmp_path / "entries.lock", 1.0), pytest.raises(ConnectError) as caught:
        journal.append(entry())
    assert caught.value.code == "entry.busy"
    journal.append(entry())
    with monkeypatch.context() as patch:
        patch.setattr(module, "FILE_MAX", 100)
        with pytest.raises(ConfigError) as refused:
            journal.append(entry())
    assert refused.value.code == "entry.full"
    ((name, _),) = journal.files()
    append_line(tmp_path / name, b'{"format": 2}')
    with pytest.raises(ConnectError, match="newer agent"):
        journal.read(name, None)


class Agent:
    """Follows a journal as the agent does: positions are kept with the values."""

    def __init__(self, folder, *tags, **config):
        self.tags, self.folder = tags, folder
        self.config = {"folder": str(folder), **config}
        self.positions = {}
        self.rows, self.losses = [], []
        self.plan = None

    def driver(self):
        return configure("manual_entry", self.config)

    async def look(self):
        """One look at the journal by a driver that begins anew; what came of it."""
        driver = self.driver()
        driver.positions = dict(self.positions)
        await driver.connect()
        self.plan = self.plan or driver.plan(self.tags)
        before = len(self.rows)
        async with aclosing(driver.subscribe(self.plan, 10)) as told:
            self.take(await anext(told))
            async for delivery in told:
                if not (delivery.rounds or delivery.losses or delivery.positions):
                    break
                self.take(delivery)
        await driver.close()
        return self.rows[before:]

    def take(self, delivery: Delivery):
        assert delivery.dated or not delivery.positions
        for readings in delivery.rounds:
            for reading in readings:
                c = reading.columns
                at = reading.device_ts.tolist() if reading.device_ts is not None else [0] * len(c)
                names = [self.tags[index].name for index in c.id.tolist()]
                self.rows += zip(names, c.v.tolist(), c.q.tolist(), at, strict=True)
        self.losses += delivery.losses
        self.positions |= delivery.positions


async def test_each_entry_once_over_restarts_with_the_time_given(tmp_path):
    agent = Agent(tmp_path, tag(), tag("grade", "string", length=1))
    ago = time.time_ns() // 1000 - HOUR_US
    driver = agent.driver()
    await driver.enter(agent.tags[0], "12.5", ago, "k1", "test")
    await driver.enter(agent.tags[1], "b", ago + 1, "k2", "test")
    assert await agent.look() == [("weight", 12.5, Quality.MANUAL, ago), ("grade", "b", Quality.MANUAL, ago + 1)]
    agent.plan = None  # another process
    assert await agent.look() == []
    await driver.enter(agent.tags[0], "13.5", None, "k3", "test")
    agent.plan = None
    ((name, value, quality, ts),) = await agent.look()
    assert (name, value, quality) == ("weight", 13.5, Quality.MANUAL)
    assert abs(ts - time.time_ns() // 1000) < 60_000_000
    # Negative control: without its positions it would all come again.
    agent.positions, agent.plan = {}, None
    assert len(await agent.look()) == 3


async def test_of_one_time_the_last_entry_is_handed_on(tmp_path):
    agent = Agent(tmp_path, tag())
    ago = time.time_ns() // 1000 - HOUR_US
    driver = agent.driver()
    for number, value in enumerate(("1.5", "2.5", "3.5")):
        kept = await driver.enter(agent.tags[0], value, ago, f"k{number}", "test")
    assert kept.replaced == "2.5"
    assert await agent.look() == [("weight", 3.5, Quality.MANUAL, ago)]


async def test_what_is_no_entry_is_named_counted_and_costs_no_other(tmp_path, caplog):
    agent = Agent(tmp_path, tag(), tag("count", "int16"))
    driver = agent.driver()
    await driver.enter(agent.tags[0], "1.5", None, "k1", "test")
    ((name, _),) = Journal(tmp_path, "entries", own=False).files()
    for line in (b"nonsense", b"[1]", b"[" * 3000, b'{"format": 1, "name": "weight"}', b"x" * 9000):
        append_line(tmp_path / name, line)
    driver_of_before = agent.driver()
    await driver_of_before.enter(tag("count", "string", length=9), "many", None, "k2", "test")
    found = await agent.look()
    assert [row[:3] for row in found] == [("weight", 1.5, Quality.MANUAL), ("count", 0, Quality.TYPE_MISMATCH)]
    assert [(loss.reason, loss.rows) for loss in agent.losses] == [("row_not_readable", 5)]
    assert f"{name} line 2 is left out: it is no JSON" in caplog.text


async def test_half_a_line_waits_for_its_end_and_another_file_is_read_anew(tmp_path):
    agent = Agent(tmp_path, tag())
    journal = Journal(tmp_path, "entries", own=False)
    journal.append(entry("1.5"))
    ((name, _),) = journal.files()
    path = tmp_path / name
    whole = path.read_bytes().replace(b'"1.5"', b'"2.5"')
    with path.open("ab") as file:
        file.write(whole[:30])
    assert len(await agent.look()) == 1
    assert await agent.look() == [("weight", 1.5, Quality.UNCERTAIN, 0)]  # this plan had told it: a break in between
    with path.open("ab") as file:
        file.write(whole[30:])
    assert ("weight", 2.5) in [row[:2] for row in await agent.look()]
    path.write_bytes(path.read_bytes().replace(b"1.5", b"7.5"))
    agent.plan = None
    assert [row[1] for row in await agent.look()] == [2.5]  # of one time the last


async def test_an_entry_that_is_overdue_is_uncertain_once_from_then_on(tmp_path):
    agent = Agent(tmp_path, tag("gauge", "int16", address="gauge; every 1 h"), tag("free", "int16"))
    ago = time.time_ns() // 1000 - 3 * HOUR_US
    driver = agent.driver()
    for one in agent.tags:
        await driver.enter(one, "7", ago, one.name, "test")
    manual, late = ("gauge", 7, Quality.MANUAL, ago), ("gauge", 7, Quality.UNCERTAIN, ago + HOUR_US)
    assert await agent.look() == [manual, ("free", 7, Quality.MANUAL, ago), late]
    agent.plan = None
    assert await agent.look() == []  # also after a restart
    await driver.enter(agent.tags[0], "9", ago, "corrected", "test")
    assert await agent.look() == [
        ("gauge", 7, Quality.UNCERTAIN, 0), ("free", 7, Quality.UNCERTAIN, 0),
        ("gauge", 9, Quality.MANUAL, ago), ("gauge", 9, Quality.UNCERTAIN, ago + HOUR_US),
    ]  # fmt: skip
    (state, other) = await driver.entries(agent.tags)
    assert (state.last.value, state.holds_us, other.holds_us) == ("9", HOUR_US, 0)


async def test_times_that_cannot_be(tmp_path):
    driver = configure("manual_entry", {"folder": str(tmp_path), "back_max_days": 2})
    now = time.time_ns() // 1000
    for ts, code in ((now + 60_000_000, "entry.ahead"), (now - 49 * HOUR_US, "entry.too_old")):
        with pytest.raises(ConfigError) as caught:
            await driver.enter(tag(), "1", ts, "k", "test")
        assert caught.value.code == code
    assert not list(tmp_path.glob("*.jsonl"))
    with pytest.raises(WriteRejected):
        await driver.write(tag(), 1)
    with pytest.raises(ConfigError, match="says nothing"):
        await driver.enter(tag(address="a; now and then"), "1", None, "k", "test")


async def test_the_agents_own_folder_is_made_another_one_is_not(tmp_path):
    keep_below(tmp_path / "data")
    try:
        driver = configure("manual_entry", {})
        await driver.connect()
        assert (tmp_path / "data" / "entries").is_dir()
    finally:
        keep_below(None)
    with pytest.raises(ConfigError, match="no data folder"):
        await configure("manual_entry", {}).connect()
    with pytest.raises(ConnectError) as caught:
        await configure("manual_entry", {"folder": str(tmp_path / "share")}).connect()
    assert caught.value.code == "folder.missing"
    assert not (tmp_path / "share").exists()


async def test_what_is_handed_on_is_on_the_disk(tmp_path, monkeypatch):
    agent = Agent(tmp_path, tag())
    await agent.driver().enter(agent.tags[0], "1.5", None, "k1", "test")
    with monkeypatch.context() as patch:
        patch.setattr(module, "settle", _full)
        with pytest.raises(ConnectError, match="No space left"):
            await agent.look()
        assert (agent.rows, agent.positions) == ([], {})
        patch.setattr(module, "append_line", lambda path, line: _full(path))
        with pytest.raises(ConnectError, match="cannot be used: No space left"):
            await agent.driver().enter(agent.tags[0], "2.5", None, "k2", "test")
    assert [row[1] for row in await agent.look()] == [1.5]


async def test_a_journal_of_a_newer_agent_keeps_the_link_down_and_says_so(tmp_path):
    agent = Agent(tmp_path, tag(), timeout_ms=60_000)
    await agent.driver().enter(agent.tags[0], "1.5", None, "k1", "test")
    ((name, _),) = Journal(tmp_path, "entries", own=False).files()
    append_line(tmp_path / name, b'{"format": 2}')
    for ask in (agent.look(), agent.driver().entries(agent.tags)):
        with pytest.raises(ConnectError) as caught:
            await ask
        assert caught.value.code == "manual_entry.newer"
