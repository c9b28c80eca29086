"""CSV folder: each row once, whatever becomes of the files; what is no row is named and costs no other."""

import asyncio
import os
import time
from contextlib import aclosing
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from connectors.drivers.csv_folder import driver as module
from connectors.drivers.csv_folder import files
from connectors.drivers.csv_folder.config import CsvFolderConfig
from connectors.registry import configure
from schemas.errors import ConnectError
from schemas.models.tag import TagConfig
from schemas.quality import Quality

WIDE = {"time_columns": ["time"], "time_zone": "UTC", "settled_s": 0.01}


def tag(name, address=None, kind="float64", **more):
    return TagConfig.model_validate({"name": name, "address": address or name, "type": kind, **more})


TAGS = [tag("a"), tag("b", kind="int32")]


def us(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


class Reader:
    """Follows a folder as the agent does: positions are kept with the rows."""

    def __init__(self, folder, tags=TAGS, **config):
        self.folder, self.tags, self.config = folder, tags, WIDE | config
        self.positions = {}
        self.rows = []
        self.losses = []

    async def passes(self, count=2, restarted=False):
        """So many looks at the folder, by a driver that begins anew."""
        driver = configure("csv_folder", {"folder": str(self.folder), **self.config})
        driver.positions = dict(self.positions)
        await driver.connect()
        looks = -1
        async with asyncio.timeout(20), aclosing(driver.subscribe(driver.plan(self.tags), 20)) as told:
            async for delivery in told:
                looks += (
                    not delivery.rounds
                    and not delivery.losses
                    and not any(at >= 0 for at in delivery.positions.values())
                )
                self.take(delivery)
                if looks >= count:
                    break
        await driver.close()
        return self.rows

    def take(self, delivery):
        merged = {**self.positions, **delivery.positions}
        self.positions = {name: at for name, at in merged.items() if at >= 0}
        self.losses += delivery.losses
        for readings in delivery.rounds:
            for reading in readings:
                columns, at = reading.columns, reading.device_ts
                for place, index in enumerate(columns.id.tolist()):
                    stamp = 0 if at is None else int(at[place])
                    self.rows.append(
                        (self.tags[index].name, stamp, columns.v.tolist()[place], columns.q.tolist()[place])
                    )

    def values(self, name="a"):
        return [value for found, _, value, _ in self.rows if found == name]


def line(minute, a, b=1):
    return f"2026-11-27 10:{minute:02d}:00,{a},{b}\n"


async def test_a_file_that_grows_is_read_once_and_half_a_line_waits(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("time,a,b\n" + line(0, 1.5, 7) + "2026-11-27 10:01:0")
    reader = Reader(tmp_path, settled_s=60)
    await reader.passes()
    first = us("2026-11-27T10:00:00")
    assert sorted(reader.rows) == [("a", first, 1.5, 0), ("b", first, 7, 0)]
    with log.open("a") as file:
        file.write("0,2.5,8\n" + line(2, 3.5))
    await reader.passes()
    assert reader.values() == [1.5, 2.5, 3.5]
    assert not reader.losses
    await reader.passes()
    assert reader.values() == [1.5, 2.5, 3.5]
    reader.positions = {}  # negative control: it is the positions that keep rows from coming again
    await reader.passes()
    assert reader.values() == [1.5, 2.5, 3.5] * 2


async def test_the_last_line_without_an_end_counts_once_the_file_is_settled(tmp_path):
    (tmp_path / "log.csv").write_text("time,a,b\n" + line(0, 1) + line(1, 2).rstrip("\n"))
    reader = Reader(tmp_path)
    await reader.passes(6)
    assert reader.values() == [1, 2]


async def test_a_rotated_file_is_not_read_again_and_its_successor_is(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("time,a,b\n" + line(0, 1) + line(1, 2))
    reader = Reader(tmp_path)
    await reader.passes()
    log.rename(tmp_path / "log.1.csv")
    log.write_text("time,a,b\n" + line(2, 3))
    await reader.passes()
    assert reader.values() == [1, 2, 3]
    with (tmp_path / "log.1.csv").open("a") as file:  # what came last before the machine took the new one
        file.write(line(3, 4))
    await reader.passes()
    assert sorted(reader.values()) == [1, 2, 3, 4]


@pytest.mark.parametrize("late", [False, True], ids=["between two looks", "after the folder was listed"])
async def test_a_file_rotated_while_it_is_followed_is_not_read_again(tmp_path, monkeypatch, late):
    log = tmp_path / "log.csv"
    log.write_text("time,a,b\n" + line(0, 1) + line(1, 2))
    reader = Reader(tmp_path)
    looks = 0

    def rotate():
        log.rename(tmp_path / "log.1.csv")
        log.write_text("time,a,b\n" + line(2, 3))

    def listing(folder, pattern):
        nonlocal looks
        looks += 1
        if looks == 6 and not late:
            rotate()
        found = files.list_files(folder, pattern)
        if looks == 6 and late:
            rotate()
        return found

    monkeypatch.setattr(module, "files", SimpleNamespace(list_files=listing))
    await reader.passes(12)
    assert looks > 8
    assert reader.values() == [1, 2, 3]


async def test_a_file_cut_off_or_replaced_begins_anew(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("time,a,b\n" + line(0, 1) + line(1, 2))
    reader = Reader(tmp_path)
    await reader.passes()
    log.write_text("time,a,b\n" + line(2, 3))
    await reader.passes()
    log.write_text("time,a,b\n" + "".join(line(n, n) for n in range(3, 9)))  # longer than what was read
    await reader.passes()
    assert reader.values() == [1, 2, 3, 3, 4, 5, 6, 7, 8]


async def test_without_times_a_file_written_again_is_news_and_has_its_time(tmp_path):
    log = tmp_path / "now.csv"
    reader = Reader(tmp_path, time_columns=[])
    for n in (1, 2):
        log.write_text("a,b\n5,6\n")
        os.utime(log, (1_790_000_000 + n, 1_790_000_000 + n))
        await reader.passes()
        await reader.passes()
    assert [row[1:3] for row in reader.rows if row[0] == "a"] == [
        (1_790_000_001_000_000, 5.0), (1_790_000_002_000_000, 5.0),
    ]  # fmt: skip


@pytest.mark.parametrize("after", ["move", "delete"])
async def test_a_finished_file_is_put_away_after_its_rows_are_kept(tmp_path, after):
    def write(value):
        (tmp_path / "log.csv").write_text("time,a,b\n" + line(value, value))

    write(1)
    reader = Reader(tmp_path, after=after)
    await reader.passes(8)
    assert not (tmp_path / "log.csv").exists()
    write(2)
    await reader.passes(8)
    assert reader.values() == [1, 2]
    kept = sorted(path.read_text()[-4:] for path in (tmp_path / "done").glob("*")) if after == "move" else []
    assert kept == (["1,1\n", "2,1\n"] if after == "move" else [])


async def test_what_is_no_row_is_named_and_counted_and_costs_no_other(tmp_path, caplog):
    rows = [
        line(0, 1).encode(), b"garbage\n", b'2026-11-27 10:01:00,"open,1\n', b"2026-11-27 10:02:00,\xff\xfe,1\n",
        b"2126-01-01 00:00:00,9,9\n", b"x" * 3000 + b"\n", b"y" * 300_000 + b"\n", b"\n", line(3, 2).encode(),
        b"2026-11-27 10:04:00,twelve,\n",
    ]  # fmt: skip
    (tmp_path / "log.csv").write_bytes(b"time,a,b\n" + b"".join(rows))
    reader = Reader(tmp_path, line_size_max_kb=2)
    await reader.passes()
    assert reader.values() == [1, 2, 0]
    assert [row[3] for row in reader.rows if row[0] == "a"] == [0, 0, Quality.TYPE_MISMATCH]
    assert [row[3] for row in reader.rows if row[0] == "b"] == [0, 0, Quality.BAD]
    assert sum(loss.rows for loss in reader.losses) == 6
    assert "log.csv line 3 is left out: 'garbage' is no time in the form iso8601" in caplog.text
    assert "log.csv line 4 is left out: it is no line of CSV" in caplog.text
    assert "1 more lines" in caplog.text or "line 8" in caplog.text


async def test_long_layout_semicolons_decimal_comma_gbk_and_two_time_columns(tmp_path):
    text = "报表\n日期;时间;名称;数值\n27.11.2026;10:00:00;温度;21,5\n27.11.2026;10:00:00;压力;3\n"
    text += "27.11.2026;10:00:01;温度;1.234,5\n27.11.2026;10:00:01;别的;1\n"
    (tmp_path / "log.txt").write_bytes(text.encode("gbk"))
    reader = Reader(
        tmp_path, [tag("temperature", "温度"), tag("pressure", "压力", "uint16")], pattern="*.txt", encoding="gbk",
        delimiter="semicolon", decimal_comma=True, skip_lines=1, layout="long", tag_column="名称",
        value_column="数值", time_columns=["日期", "时间"], time_format="%d.%m.%Y %H:%M:%S",
        time_zone="Asia/Shanghai",
    )  # fmt: skip
    await reader.passes()
    two = us("2026-11-27T02:00:00")
    assert sorted(reader.rows) == [
        ("pressure", two, 3, 0), ("temperature", two, 21.5, 0),
        ("temperature", two + 1_000_000, 0.0, Quality.TYPE_MISMATCH),
    ]  # fmt: skip


async def test_columns_by_number_without_a_header(tmp_path):
    (tmp_path / "log.csv").write_text("\ufeff2026-11-27T10:00:00Z,5,true\n", encoding="utf-8")
    tags = [tag("x", "#2"), tag("on", "#3", "bool"), tag("none", "#9")]
    reader = Reader(tmp_path, tags, header=False, time_columns=["#1"])
    await reader.passes()
    assert {row[0]: row[2:] for row in reader.rows} == {
        "x": (5.0, 0), "on": (True, 0), "none": (0.0, Quality.BAD_ADDRESS),
    }  # fmt: skip


async def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("time,a,b\n" + line(0, 42))
    folder = tmp_path / "plant"
    folder.mkdir()
    (folder / "log.csv").symlink_to(secret)
    reader = Reader(folder)
    await reader.passes()
    assert not reader.rows
    with pytest.raises(OSError):
        files.read_part(folder, "log.csv", CsvFolderConfig(folder=str(folder)), None, lines_max=9, whole=True)


async def test_many_rows_come_in_parts_and_a_restart_between_them_doubles_none(tmp_path):
    count = 1800
    rows = "".join(f"{1_790_000_000 + n},{n},{n}\n" for n in range(count))
    (tmp_path / "log.csv").write_text("time,a,b\n" + rows)
    reader = Reader(tmp_path, time_format="unix_s")
    driver = configure("csv_folder", {"folder": str(tmp_path), **reader.config})
    await driver.connect()
    async with aclosing(driver.subscribe(driver.plan(TAGS), 20)) as told:
        await anext(told)
        reader.take(await anext(told))
        await anext(told)  # killed before these were kept
    assert reader.values() == list(range(module.LINES_MAX))
    await reader.passes()
    assert reader.values() == list(range(count))


async def test_a_file_beyond_the_limit_is_named_and_left_alone(tmp_path, caplog):
    (tmp_path / "big.csv").write_text("time,a,b\n" + "x" * (1 << 20))
    (tmp_path / "log.csv").write_text("time,a,b\n" + line(0, 1))
    reader = Reader(tmp_path, file_size_max_mb=1)
    await reader.passes()
    assert reader.values() == [1]
    assert "big.csv: it is larger than 1 MiB" in caplog.text


async def test_positions_of_files_long_gone_are_forgotten(tmp_path, monkeypatch):
    log = tmp_path / "log.csv"
    log.write_text("time,a,b\n" + line(0, 1))
    reader = Reader(tmp_path)
    await reader.passes()
    log.unlink()
    await reader.passes()
    assert reader.positions
    monkeypatch.setattr(module, "FORGET_S", 0.0)
    await reader.passes()
    assert not reader.positions


async def test_one_file_that_may_not_be_read_stops_no_other(tmp_path, monkeypatch, caplog):
    for name in ("a_locked", "b_open"):
        (tmp_path / f"{name}.csv").write_text("time,a,b\n" + line(len(name), len(name)))

    def locked(folder, name, *more, **settings):
        if name == "a_locked.csv":
            raise PermissionError(13, "Permission denied", name)
        return files.read_part(folder, name, *more, **settings)

    with monkeypatch.context() as patch:
        patch.setattr(module, "read_part", locked)
        reader = Reader(tmp_path)
        await reader.passes(4)
    assert reader.values() == [6]
    assert caplog.text.count("a_locked.csv: it cannot be read now: the agent may not use a_locked.csv") == 1
    await reader.passes()
    assert reader.values() == [6, 8]


async def test_a_file_that_cannot_be_put_away_stays_and_its_rows_come_once(tmp_path, monkeypatch, caplog):
    def forbidden(folder, file):
        raise PermissionError(13, "Permission denied", file.name)

    monkeypatch.setattr(module, "_move", forbidden)
    (tmp_path / "log.csv").write_text("time,a,b\n" + line(0, 1))
    reader = Reader(tmp_path, after="move")
    await reader.passes(8)
    assert reader.values() == [1]
    assert "log.csv: it stays where it is: the agent may not use log.csv" in caplog.text


async def test_what_did_not_change_is_not_stored_again(tmp_path):
    (tmp_path / "log.csv").write_text("time,a,b\n" + line(0, 1))
    reader = Reader(tmp_path)
    await reader.passes()
    driver = configure("csv_folder", {"folder": str(tmp_path), **reader.config})
    driver.positions = dict(reader.positions)
    await driver.connect()
    async with aclosing(driver.subscribe(driver.plan(TAGS), 20)) as told:
        assert [(await anext(told)).positions for _ in range(4)] == [{}] * 4


async def test_a_hanging_share_holds_nothing_up_and_one_call_only(tmp_path, monkeypatch):
    began = []
    hangs = asyncio.Event()

    def hanging(folder, pattern):
        began.append(time.monotonic())
        while not hangs.is_set():
            time.sleep(0.01)
        return []

    monkeypatch.setattr(files, "list_files", hanging)
    driver = configure("csv_folder", {"folder": str(tmp_path), "timeout_ms": 100})
    for _ in range(3):
        with pytest.raises(ConnectError, match="does not answer in time"):
            await driver.connect()
    assert len(began) == 1
    hangs.set()
    async with asyncio.timeout(10):
        while True:
            try:
                await driver.connect()
                break
            except ConnectError:
                continue
