"""`tags_file` of a connection: a CSV file with tags beside those in agent.yaml, as spreadsheets write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from edge_agent.versions.files import relative_name
from edge_agent.yaml_lines import pointer
from schemas.errors import ConfigError, Problem

#: Content of a file by its name relative to the configuration. Raises OSError.
ReadFile = Callable[[str], bytes]


@dataclass(slots=True)
class FileTags:
    """Tags of a file as agent.yaml would have them, the row of each, and the problems of its cells."""

    name: str = ""
    tags: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_tags_file(name: Any, read_file: ReadFile, connection: Any, path: str) -> FileTags:
    """The tags in the file; `path` points at the connection in the document, `connection` is its id."""
    from edge_agent.spreadsheet.columns import assemble
    from edge_agent.spreadsheet.csv_file import read_csv
    from edge_agent.spreadsheet.tag_rows import parse_rows

    at = pointer(path, "tags_file")
    out = FileTags()
    if not isinstance(name, str) or not name.endswith(".csv"):
        out.problems.append(
            Problem("tags_file.name", at, "tags_file is no CSV file", "Write for example: tags/press_1.csv.")
        )
        return out
    try:
        out.name = relative_name(name)
        parsed = parse_rows(read_csv(read_file(out.name)))
    except ConfigError as error:
        out.problems.append(Problem(error.code, at, f"{name}: {error.message}", error.hint))
        return out
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        hint = "The path starts at the folder of the configuration file."
        out.problems.append(Problem("tags_file.unreadable", at, f"{name}: {reason}", hint))
        return out
    for found in parsed.problems:
        where = f"row {found.row} of {out.name}" + (f", {found.column}" if found.column else "")
        out.problems.append(Problem(found.code, at, f"{where}: {found.message}", found.hint))
    for row in parsed.rows:
        if row.connection not in ("", connection):
            text = f"row {row.row} of {out.name}, connection: '{row.connection}' is another connection"
            out.problems.append(Problem("tags_file.connection", at, text, "Remove the column, or move the row."))
            continue
        out.tags.append(assemble(row.values))
        out.rows.append(row.row)
    return out
