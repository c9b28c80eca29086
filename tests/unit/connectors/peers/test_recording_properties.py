"""Any table comes back as it was written, and no bytes make the reader fail otherwise than by saying so."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.peers.replay.blocks import RowEncoder, modbus_blocks, opcua_blocks
from connectors.peers.replay.csv_text import CsvOptions
from connectors.peers.replay.recording import RecordingOptions, load_recording
from schemas.errors import ConfigError

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: float(f"{value:.4f}"))
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUIET
@given(
    table=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=2)
    ),
    dialect=st.sampled_from([(";", ","), (";", "."), (",", "."), ("\t", ","), ("|", ".")]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_table_comes_back_as_it_was_written(
    tmp_path: Path, table: list[list[float]], dialect: tuple[str, str], encoding: str, line_end: str
) -> None:
    separator, decimal = dialect
    head = separator.join(["时间", *(f"温度{i}" for i in range(len(table[0])))])
    lines = [head]
    for index, row in enumerate(table):
        cells = [f"{value:.4f}".replace(".", decimal) for value in row]
        lines.append(separator.join([f"2024-01-01 {index // 3600:02}:{index // 60 % 60:02}:{index % 60:02}", *cells]))
    path = tmp_path / "t.csv"
    path.write_bytes((line_end.join(lines) + line_end).encode(encoding))
    recording = load_recording([path], RecordingOptions(zone="UTC"))
    assert recording.problems == []
    assert recording.line.tolist() == list(range(2, len(table) + 2))
    assert np.array_equal(np.array([column.values for column in recording.columns]).T, np.array(table))
    assert recording.time_us is not None
    assert (np.diff(recording.time_us) == 1_000_000).all()


def _play(path: Path, options: RecordingOptions) -> None:
    try:
        recording = load_recording([path], options)
    except ConfigError:
        return
    rows = len(recording)
    assert rows > 0
    assert all(len(column.values) == rows for column in recording.columns)
    assert not set(recording.line.tolist()) & {problem.line for problem in recording.problems}
    opcua_blocks(recording.columns)
    encoder = RowEncoder(recording, modbus_blocks(recording.columns, float64=False))
    for row in (1, rows):
        for block, words in encoder.registers(row):
            assert len(words) == block.registers


@QUIET
@given(data=st.binary(max_size=400))
def test_no_bytes_break_the_reader(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(data)
    _play(path, RecordingOptions(zone="UTC"))


@QUIET
@given(text=st.text(alphabet='0123456789.,;:-+ "\teEnaT/年月日\n', max_size=300))
def test_no_text_breaks_the_reader(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    _play(path, RecordingOptions(zone="Europe/Berlin"))
    _play(path, RecordingOptions(zone="UTC", csv=CsvOptions(decimal=","), time_column="none"))


@pytest.mark.parametrize("cell", ["1_000", "inf", "1e400", "9" * 400, "0x10", "١٢"])
def test_numbers_that_only_python_takes_are_not_numbers(tmp_path: Path, cell: str) -> None:
    lines = ["time,v", *(f"2024-01-01 00:00:{i:02},{i}.5" for i in range(30)), f"2024-01-01 00:01:00,{cell}"]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    recording = load_recording([path], RecordingOptions(zone="UTC"))
    assert [problem.line for problem in recording.problems] == [32]
    assert len(recording) == 30
