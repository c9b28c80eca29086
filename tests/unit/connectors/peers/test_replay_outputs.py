"""What a replay writes for others: the agent's connection, and the app made for the file."""

from pathlib import Path

import pytest

from connectors.peers.replay.agent_config import connection_config, scan_period_ms
from connectors.peers.replay.app_document import app_documents, write_app
from connectors.peers.replay.device import ReplayDevice, ReplayOptions
from connectors.peers.replay.recording import Recording, RecordingOptions, load_recording
from schemas.errors import ConfigError
from schemas.models.app import AppDocument, PageDocument
from schemas.models.connection import ConnectionConfig


def _recording(tmp_path: Path, columns: int = 4) -> Recording:
    head = "time,Temp [°C],count,open,part," + ",".join(f"c{i}" for i in range(columns))
    lines = [head]
    for row in range(20):
        values = ",".join(f"{row * 10 ** (i % 6):.2f}" for i in range(columns))
        lines.append(f"2024-01-01 00:00:{row:02},{20 + row / 10},{row},{'on' if row % 2 else 'off'},p{row},{values}")
    path = tmp_path / "Oven 7.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return load_recording([path], RecordingOptions(zone="UTC"))


@pytest.mark.parametrize("protocol", ["modbus", "opcua"])
@pytest.mark.parametrize("keep", [False, True])
async def test_the_connection_is_valid_and_declares_its_sequence(tmp_path: Path, protocol: str, keep: bool) -> None:
    device = ReplayDevice(_recording(tmp_path), ReplayOptions(protocol, rows_per_s=10, keep_time=keep))
    config = ConnectionConfig.model_validate(connection_config(device, "oven-7", "oven-7"))
    assert config.driver == ("modbus_tcp" if protocol == "modbus" else "opcua")
    assert config.report.mode == "always"
    assert config.scan_ms == 50
    (sequence,) = config.sequences
    assert (sequence.tag, sequence.time_tag, sequence.tags) == ("row_number", "recorded_time", ())
    assert sequence.time == ("device" if keep else "acquisition")
    assert config.time.source == sequence.time
    if keep:
        assert config.time.skew_max_s is None
    assert {tag.name: tag.kind for tag in config.tags} == {
        "row_number": "u", "recorded_time": "i", "temp": "f", "count": "i", "open": "b", "part": "s",
        "c0": "f", "c1": "f", "c2": "f", "c3": "f",
    }  # fmt: skip
    assert {tag.asset for tag in config.tags} == {"oven-7"}
    temperature = next(tag for tag in config.tags if tag.name == "temp")
    assert (temperature.unit, temperature.description, temperature.role) == ("°C", "Temp", "temp")
    assert temperature.span is not None
    assert temperature.span[0] < 20
    assert temperature.span[1] > 21.9


async def test_wide_recordings_have_a_sequence_per_block(tmp_path: Path) -> None:
    device = ReplayDevice(_recording(tmp_path, columns=130), ReplayOptions(rows_per_s=10))
    config = ConnectionConfig.model_validate(connection_config(device, "x", "x"))
    assert [sequence.tag for sequence in config.sequences] == ["row_number", "row_number_2", "row_number_3"]
    named = [name for sequence in config.sequences for name in sequence.tags]
    assert len(named) == len(set(named)) == 134
    assert len(config.config["holes"]) == 2


@pytest.mark.parametrize(("period_s", "scan_ms"), [(0.1, 50), (0.001, 20), (300.0, 1000), (1.0, 500)])
def test_the_scan_period_suits_the_pace(period_s: float, scan_ms: int) -> None:
    assert scan_period_ms([period_s]) == scan_ms
    assert scan_period_ms([0.0, 0.0, period_s]) == scan_ms


def test_the_app_is_valid_and_the_same_each_time(tmp_path: Path) -> None:
    recording = _recording(tmp_path)
    app, page = app_documents(recording, "oven-7", "oven-7", "Oven 7")
    assert (app, page) == app_documents(recording, "oven-7", "oven-7", "Oven 7")
    write_app(tmp_path / "app", app, page)
    parsed = AppDocument.model_validate_json((tmp_path / "app" / "app.json").read_text(encoding="utf-8"))
    shown = PageDocument.model_validate_json((tmp_path / "app" / "pages" / "overview.json").read_text(encoding="utf-8"))
    assert parsed.home == parsed.nav[0].page == shown.id
    used = {element.type for element in shown.elements.values()}
    assert used == {"value", "trend", "tag_table"} == set(parsed.requires)
    assert set(shown.layout.lg.items) == set(shown.elements)
    cells = [
        (x, y) for item in shown.layout.lg.items.values()
        for x in range(item.x, item.x + item.w) for y in range(item.y, item.y + item.h)
    ]  # fmt: skip
    assert len(cells) == len(set(cells)), "elements overlap"
    roles = {need.role for need in parsed.roles}
    for element in shown.elements.values():
        for binding in element.bind.values():
            assert getattr(binding, "role", "*") in roles | {"*"}


def test_signals_of_other_size_or_unit_get_a_trend_of_their_own(tmp_path: Path) -> None:
    _, page = app_documents(_recording(tmp_path), "a", "a", "A")
    trends = [element for element in page["elements"].values() if element["type"] == "trend"]
    assert len(trends) >= 4
    assert all(len(trend["bind"]) <= 8 for trend in trends)


async def test_no_pace_and_no_time_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    recording = load_recording([path], RecordingOptions())
    with pytest.raises(ConfigError, match="no time column"):
        ReplayDevice(recording, ReplayOptions())


async def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(",".join(f"c{i}" for i in range(4000)) + "\n" + ",".join(["1.5"] * 4000) + "\n", encoding="utf-8")
    recording = load_recording([path], RecordingOptions())
    with pytest.raises(ConfigError, match="is the most"):
        ReplayDevice(recording, ReplayOptions(rows_per_s=1))
