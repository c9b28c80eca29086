"""CSV files as they come from machines: separators, encodings, headers, broken lines."""

from pathlib import Path

import pytest

from connectors.peers.replay.csv_text import CsvOptions, find_encoding, read_csv_text
from schemas.errors import ConfigError


def _read(tmp_path: Path, data: bytes | str, **options):
    path = tmp_path / "file.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_csv_text(path, CsvOptions(**options))


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolon"), (",", "comma"), ("\t", "tab"), ("|", "pipe")])
def test_separator_is_found(tmp_path: Path, separator: str, name: str) -> None:
    lines = ["time,a,b".replace(",", separator)] + [
        f"2024-01-0{i} 00:00:00{separator}{i}.5{separator}{i}" for i in range(1, 6)
    ]
    text = _read(tmp_path, "\n".join(lines))
    assert text.separator == separator, name
    assert text.labels == ["time", "a", "b"]
    assert [line for line, _ in text.rows] == [2, 3, 4, 5, 6]


def test_decimal_comma_is_found_beside_semicolons(tmp_path: Path) -> None:
    text = _read(tmp_path, "t;a;b\n1;1,5;2,25\n2;1.234,5;3,5\n")
    assert (text.separator, text.decimal) == (";", ",")


def test_points_with_semicolons_are_not_a_decimal_comma(tmp_path: Path) -> None:
    assert _read(tmp_path, "t;a\n1;1.5\n2;2.5\n").decimal == "."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("\ufefft,温度\n1,2\n".encode(), "utf-8-sig"),
        ("t,温度\n1,2\n".encode(), "utf-8"),
        ("时间,温度,压力\n1,2,3\n".encode("gb18030"), "gb18030"),
        ("t;Temp °C;Größe\n1;2;3\n".encode("cp1252"), "cp1252"),
        ("t,a\n1,2\n".encode("utf-16"), "utf-16"),
        (b"t,a\n1,2\n", "utf-8"),
    ],
)
def test_encoding_is_found(data: bytes, expected: str) -> None:
    assert find_encoding(data) == expected


def test_gb18030_labels_are_read(tmp_path: Path) -> None:
    text = _read(tmp_path, "时间,温度[℃]\n2024-01-01 00:00:00,2.5\n".encode("gb18030"))
    assert text.labels == ["时间", "温度"]
    assert text.units == ["", "℃"]


def test_broken_lines_are_told_and_the_rest_is_kept(tmp_path: Path) -> None:
    data = b't,a,b\n1,1.0,2\n2,3\n3,1.0,\xff\xfe\n4,"open,2\n5,1,2,3\n\n6,1.0,"7"\n7,2.0,8\n8,3.0,9\n'
    text = _read(tmp_path, data, encoding="utf-8")
    assert [line for line, _ in text.rows] == [2, 8, 9, 10]
    assert sorted((p.line, p.kind) for p in text.problems) == [
        (3, "fields"), (4, "encoding"), (5, "quote"), (6, "fields"),
    ]  # fmt: skip


def test_an_open_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    lines = ["t,a"] + [f"{i},{i}.5" for i in range(50)]
    lines[10] = '9,"9.5'
    text = _read(tmp_path, "\n".join(lines))
    assert len(text.rows) == 49
    assert [p.line for p in text.problems] == [11]


def test_a_preamble_a_unit_row_and_comments_are_not_rows(tmp_path: Path) -> None:
    data = "Export of press 7\n# made by hand\nt;a;b\n[s];[bar];[°C]\n1;1.5;2\n2;1.5;2\n3;1.5;2\n"
    text = _read(tmp_path, data)
    assert text.labels == ["t", "a", "b"]
    assert text.units == ["s", "bar", "°C"]
    assert [line for line, _ in text.rows] == [5, 6, 7]
    assert text.problems == []


def test_a_file_without_a_header_gets_numbered_columns(tmp_path: Path) -> None:
    text = _read(tmp_path, "1,2.5\n2,3.5\n")
    assert text.labels == ["column 1", "column 2"]
    assert len(text.rows) == 2


def test_what_is_given_wins_over_what_would_be_found(tmp_path: Path) -> None:
    text = _read(tmp_path, "1;2,5\n2;3,5\n", separator=",", header=True)
    assert text.labels == ["1;2", "5"]


def test_empty_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no rows"):
        _read(tmp_path, "\n\n")
    with pytest.raises(ConfigError, match="No such file"):
        read_csv_text(tmp_path / "not.csv", CsvOptions())
