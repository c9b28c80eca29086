"""CSV folder: its settings, its clock, and what it says to people."""

import re
from pathlib import Path

import pytest

from connectors.drivers.csv_folder import files
from connectors.drivers.csv_folder.clock import RowClock
from connectors.drivers.csv_folder.config import CsvFolderConfig
from connectors.registry import configure
from edge_agent.commissioning.doctor import examine
from edge_agent.config import parse_config
from schemas.errors import AuthError, ConfigError, ConnectError, WriteRejected
from schemas.models.connection import ConnectionConfig
from tests.unit.connectors.drivers.test_csv_folder import TAGS


def test_the_doubled_hour_is_told_and_the_order_in_the_file_decides():
    clock = RowClock(CsvFolderConfig(folder="x", time_columns=("t",), time_zone="Europe/Berlin"))
    first = clock.parse("2025-10-26 02:30:00", 0)
    second = clock.parse("2025-10-26 02:10:00", first.us)
    assert (first.sure, second.sure) == (False, False)
    assert second.us - first.us == 40 * 60 * 1_000_000
    assert clock.parse("2025-10-26 03:00:00", second.us).us - second.us == 50 * 60 * 1_000_000
    assert not clock.parse("2025-03-30 02:30:00", 0).sure
    assert clock.parse("2025-10-26 04:00:00", 0).sure


def test_a_time_without_a_zone_is_refused():
    clock = RowClock(CsvFolderConfig(folder="x", time_columns=("t",)))
    with pytest.raises(ValueError, match="set time_zone"):
        clock.parse("2026-11-27 10:00:00", 0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"pattern": "../*.csv"}, "folder"),
        ({"encoding": "utf-16"}, "utf-8"),
        ({"time_zone": "Mars/Olympus"}, "zone"),
        ({"layout": "long"}, "tag_column"),
        ({"time_format": "dd.mm"}, "pattern"),
        ({"decimal_comma": True}, "delimiter"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_words(settings, words):
    with pytest.raises(ConfigError) as caught:
        configure("csv_folder", {"folder": "x", **settings})
    assert words in caught.value.problems[0].message


def test_recorded_rows_keep_their_times_and_each_counts_unless_said_otherwise(tmp_path):
    text = """
version: 1
edge: hall_1
broker: {url: "mqtt://127.0.0.1:1883"}
connections:
  - {id: one, driver: csv_folder, config: {folder: x}, tags: [{name: a, address: a}]}
  - {id: two, driver: csv_folder, config: {folder: x}, time: {source: acquisition}, report: {mode: exception}}
"""
    one, two = parse_config(text, base=Path(tmp_path)).config.connections
    assert (one.time.source, one.time.skew_max_s, one.report.mode) == ("device", None, "always")
    assert (two.time.source, two.report.mode) == ("acquisition", "exception")
    with pytest.raises(ConfigError) as caught:
        parse_config(text.replace("address: a}", "address: a, scan_ms: 50}"), base=Path(tmp_path))
    assert "no scan_ms" in caught.value.problems[0].message


def test_the_example_of_the_page_is_sound(tmp_path):
    page = (Path(__file__).parents[4] / "docs" / "how-to" / "read-csv-files.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    (connection,) = parse_config(example, base=tmp_path).config.connections
    assert connection.driver == "csv_folder"


async def test_the_doctor_says_which_folder_and_which_column(tmp_path):
    connection = ConnectionConfig.model_validate(
        {
            "id": "press", "driver": "csv_folder", "config": {"folder": str(tmp_path / "share")},
            "tags": [{"name": "a", "address": "a"}, {"name": "c", "address": "none"}],
        }
    )  # fmt: skip
    missing = [one for one in await examine(connection) if one.severity == "problem"]
    assert [one.code for one in missing] == ["folder.missing"]
    assert "mounted" in missing[0].next_step
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "log.csv").write_text("a,b\n1,2\n")
    wrong = [one for one in await examine(connection) if one.severity == "problem"]
    assert [(one.code, one.where) for one in wrong] == [("tag.quality", "press/c")]


async def test_a_missing_folder_and_a_forbidden_one_are_told_apart(tmp_path, monkeypatch):
    driver = configure("csv_folder", {"folder": str(tmp_path / "share")})
    with pytest.raises(ConnectError, match="there is no folder") as caught:
        await driver.connect()
    assert "mounted" in caught.value.hint

    def forbidden(folder, pattern):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "list_files", forbidden)
    with pytest.raises(AuthError, match="may not use"):
        await driver.connect()
    with pytest.raises(WriteRejected):
        await driver.write(TAGS[0], 1.0)
