"""Columns and their types, rows that are left out, several files, the real recordings."""

from pathlib import Path

import numpy as np
import pytest

from connectors.peers.replay.column_types import ColumnType
from connectors.peers.replay.csv_text import CsvOptions
from connectors.peers.replay.problems import SCREEN_MAX, RowProblem, screen_lines, write_report
from connectors.peers.replay.recording import RecordingOptions, load_recording
from schemas.errors import ConfigError

DATA = Path(__file__).parents[5] / "shared" / "data"
UTC_OPTIONS = RecordingOptions(zone="UTC")


def _load(tmp_path: Path, text: str, **options):
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return load_recording([path], RecordingOptions(zone="UTC", **options))


def _columns(recording) -> dict[str, ColumnType]:
    return {column.name: column.type for column in recording.columns}


def test_types_are_found(tmp_path: Path) -> None:
    recording = _load(
        tmp_path,
        "time,Motor Temp [°C],count,door,part,serial,hole\n"
        "2024-01-01 00:00:00,1.5,1,true,bolt,0012,1\n"
        "2024-01-01 00:00:01,2,-2,false,nut,0013,\n",
    )
    assert _columns(recording) == {
        "motor_temp": ColumnType.FLOAT, "count": ColumnType.INT, "door": ColumnType.BOOL,
        "part": ColumnType.STRING, "serial": ColumnType.STRING, "hole": ColumnType.FLOAT,
    }  # fmt: skip
    assert recording.columns[0].unit == "°C"
    assert recording.columns[0].label == "Motor Temp"
    assert np.isnan(recording.columns[5].values[1])
    assert recording.time_us is not None
    assert recording.time_us.tolist() == [1704067200_000_000, 1704067201_000_000]


def test_broken_cells_and_times_are_told_by_line(tmp_path: Path) -> None:
    rows = [f"2024-01-01 00:00:{i:02},{i}.5" for i in range(30)]
    rows[4] = "2024-01-01 00:00:04,4..5"
    rows[7] = "yesterday,7.5"
    rows[9] = "2024-01-01 00:00:09,"
    recording = _load(tmp_path, "\n".join(["time,value", *rows]))
    assert [(p.line, p.kind) for p in recording.problems] == [(6, "value"), (9, "time")]
    assert "'4..5' in 'value' is not a float" in recording.problems[0].reason
    assert len(recording) == 28
    assert np.isnan(recording.columns[0].values[recording.line.tolist().index(11)])
    assert 6 not in recording.line
    assert 9 not in recording.line


def test_double_and_backward_times_are_kept(tmp_path: Path) -> None:
    recording = _load(tmp_path, "time,v\n2024-01-01,1.5\n2024-01-01,2.5\n2023-12-31,3.5\n")
    assert recording.columns[0].values.tolist() == [1.5, 2.5, 3.5]
    assert recording.time_us is not None
    assert recording.time_us[0] == recording.time_us[1] > recording.time_us[2]


def test_types_given_win_and_are_held_against_the_cells(tmp_path: Path) -> None:
    text = "time,code\n2024-01-01,1\n2024-01-02,2\n2024-01-03,x\n"
    assert _columns(_load(tmp_path, text))["code"] is ColumnType.STRING
    recording = _load(tmp_path, text, types={"code": ColumnType.INT})
    assert recording.columns[0].values.tolist() == [1, 2]
    assert [p.line for p in recording.problems] == [4]


def test_names_are_unique_and_leave_the_row_number_free(tmp_path: Path) -> None:
    recording = _load(tmp_path, "time,row_number,A b,a-B,温度\n2024-01-01,1,2,3,4\n")
    assert list(_columns(recording)) == ["row_number_2", "a_b", "a_b_2", "column_5"]
    assert recording.columns[3].label == "温度"


def test_date_and_clock_in_two_columns(tmp_path: Path) -> None:
    recording = _load(tmp_path, "Date;Clock;v\n31.01.2024;23:59:59;1,5\n01.02.2024;00:00:00;2,5\n")
    assert list(_columns(recording)) == ["v"]
    assert recording.time_us is not None
    assert recording.time_us.tolist() == [1706745599_000_000, 1706745600_000_000]


def test_several_files_are_joined_by_name(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("time,x,y\n2024-01-01,1,2.5\n", encoding="utf-8")
    second.write_text("time;y;z\n01.01.2024 00:00:05;3,5;7\n", encoding="utf-8")
    recording = load_recording([first, second], UTC_OPTIONS)
    assert list(_columns(recording)) == ["x", "y", "z"]
    assert recording.file.tolist() == [0, 1]
    y = recording.columns[1].values
    assert y.tolist() == [2.5, 3.5]
    assert np.isnan(recording.columns[0].values[1])
    assert np.isnan(recording.columns[2].values[0])


def test_what_cannot_be_played_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no row is left"):
        _load(tmp_path, "time,v\n2024-01-01\n", csv=CsvOptions(header=True))
    with pytest.raises(ConfigError, match="no column 'when'"):
        _load(tmp_path, "time,v\n2024-01-01,1\n", time_column="when")
    with pytest.raises(ConfigError, match="no known time format"):
        _load(tmp_path, "time,v\nsoon,1\n", time_column="time")


def test_problems_are_bounded_on_screen_and_complete_in_the_file(tmp_path: Path) -> None:
    problems = [RowProblem(line, "fields", "7 fields, 9 expected", "x.csv") for line in range(1, 101)]
    report = tmp_path / "broken.txt"
    write_report(problems, report)
    shown = screen_lines(problems, report)
    assert len(shown) == SCREEN_MAX + 1
    assert shown[0] == "x.csv line 1: 7 fields, 9 expected"
    assert "90 more" in shown[-1]
    assert len(report.read_text(encoding="utf-8").splitlines()) == 100


@pytest.mark.skipif(not (DATA / "pump_rig").is_dir(), reason="the recorded pump rig is not there")
def test_the_pump_rig_is_read_whole() -> None:
    recording = load_recording([DATA / "pump_rig" / "anomaly-free_anomaly-free.csv"], UTC_OPTIONS)
    assert len(recording) == 9405
    assert len(recording.columns) == 8
    assert recording.problems == []
    assert set(_columns(recording).values()) == {ColumnType.FLOAT}
    assert recording.columns[-1].label == "Volume Flow RateRMS"


@pytest.mark.skipif(not (DATA / "machine_temperature").is_dir(), reason="the recorded temperature is not there")
def test_the_temperature_keeps_its_double_times() -> None:
    path = DATA / "machine_temperature" / "machine_temperature_system_failure.csv"
    recording = load_recording([path], UTC_OPTIONS)
    assert len(recording) == 22695
    assert recording.time_us is not None
    assert len(recording) - len(np.unique(recording.time_us)) == 12
