"""Settings of a folder of CSV files; the manifest's schema is generated from this model."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from connectors.character_set import CharacterSet
from schemas.models.base import Document

__all__ = ["DELIMITERS", "CsvFolderConfig"]

Delimiter = Literal["comma", "semicolon", "tab", "pipe"]
DELIMITERS: dict[Delimiter, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


def _one_byte_lines(name: str) -> str:
    if "\n".encode(name) != b"\n":
        raise ValueError(f"'{name}' needs more than one byte for the end of a line: save the files as utf-8")
    return name


def _file_name(pattern: str) -> str:
    if "/" in pattern or "\\" in pattern:
        raise ValueError("pattern is of the file's name alone: the folder goes into folder")
    return pattern


def _zone(name: str) -> str:
    if name:
        try:
            ZoneInfo(name)
        except (OSError, ValueError, LookupError):
            raise ValueError(f"'{name}' is no known time zone; write for example Asia/Shanghai") from None
    return name


ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class CsvFolderConfig(Document):
    """Where a machine puts its CSV files, and how they are written."""

    folder: str = Field(
        min_length=1, max_length=1000, description="The folder, of this computer or a mounted share; links in it are "
        "not followed.",
    )  # fmt: skip
    pattern: Annotated[str, AfterValidator(_file_name)] = Field(
        default="*.csv", min_length=1, max_length=200, description="Names of the files; * stands for anything."
    )
    encoding: Annotated[CharacterSet, AfterValidator(_one_byte_lines)] = Field(
        default="utf-8", description="Character set, for example utf-8, gbk, cp1252."
    )
    delimiter: Delimiter = Field(default="comma", description="What stands between two values.")
    decimal_comma: bool = Field(default=False, description="Numbers are written 3,5.")
    skip_lines: int = Field(default=0, ge=0, le=1000, description="Lines before the header or the first row.")
    header: bool = Field(default=True, description="A line with the names of the columns comes first.")
    layout: Literal["wide", "long"] = Field(
        default="wide", description="wide: a column for each tag; long: each row has the name of a tag and one value."
    )
    tag_column: str = Field(default="", max_length=200, description="With long: column that names the tag.")
    value_column: str = Field(default="", max_length=200, description="With long: column with its value.")
    time_columns: tuple[ColumnName, ...] = Field(
        default=(), max_length=2, description="Column with the time of the row, or two: date and time of day; empty: "
        "rows have the time the file was written.",
    )  # fmt: skip
    time_format: str = Field(
        default="iso8601", min_length=1, max_length=100, description="iso8601, unix_s, unix_ms, or a pattern such as "
        "%d.%m.%Y %H:%M:%S.",
    )  # fmt: skip
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="", max_length=64, description="Zone of times that have no offset, for example Europe/Berlin."
    )
    after: Literal["keep", "move", "delete"] = Field(
        default="keep", description="What becomes of a file that was read to its end: it stays, goes to the folder "
        "done in its folder, or is deleted.",
    )  # fmt: skip
    settled_s: float = Field(
        default=5.0, gt=0, le=86_400, description="A file unchanged for so long is finished: its last line counts "
        "without an end of line, and it may be moved or deleted, s.",
    )  # fmt: skip
    line_size_max_kb: int = Field(default=64, ge=1, le=1024, description="Longer lines are refused, KiB.")
    file_size_max_mb: int = Field(default=1024, ge=1, le=1_048_576, description="Larger files are refused, MiB.")
    timeout_ms: int = Field(default=10_000, ge=100, le=120_000, description="Longest wait for the folder, ms.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.layout == "long" and not (self.tag_column and self.value_column):
            raise ValueError("layout: long needs tag_column and value_column")
        if self.time_format not in ("iso8601", "unix_s", "unix_ms") and "%" not in self.time_format:
            raise ValueError("time_format is iso8601, unix_s, unix_ms or a pattern such as %d.%m.%Y %H:%M:%S")
        if self.decimal_comma and self.delimiter == "comma":
            raise ValueError("decimal_comma needs another delimiter, for example semicolon")
        return self
