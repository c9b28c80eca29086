"""Setting up a machine by the page: a tag is tried before it is saved, sheets come in and go out, machines of one kind
are made from a template."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from connectors.device_templates import device_templates
from edge_agent.config import make_driver
from edge_agent.configuration.sheet_source import tags_in
from edge_agent.configuration.source import Source
from edge_agent.configuration.tag_import import ImportPlan, plan_import
from edge_agent.configuration.template_use import Use, base_of, plan_uses
from edge_agent.local_page.changes import Changes, Running
from edge_agent.local_page.looks import Looks
from edge_agent.read_now import read_now
from edge_agent.spreadsheet.columns import CellError, cell_text, heading_of, parse_cell, values_of
from edge_agent.spreadsheet.csv_file import write_csv
from edge_agent.spreadsheet.sheet import CellProblem
from edge_agent.spreadsheet.tag_rows import TagRow, TagRows, build_tag, rows_of
from edge_agent.spreadsheet.xlsx_file import write_xlsx
from schemas.errors import ConfigError, InterlockError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.quality import label

__all__ = ["PLACE_SETTINGS", "SettingUp"]

#: A form is one row of a sheet; its row number is not told.
_FORM_ROW: Final = 0
#: Settings by which machines of one kind differ; the other ones are copied.
PLACE_SETTINGS: Final = ("host", "port", "unit", "endpoint", "base_url", "device", "rack", "slot")
#: Headings a form may send, beyond which nothing is taken.
CELLS_MAX: Final = 60
USES_MAX: Final = 200


class SettingUp:
    """Each method answers one question of the page."""

    def __init__(self, running: Running, changes: Changes, looks: Looks) -> None:
        self._running, self._changes, self._looks = running, changes, looks

    async def tag(self, connection: str, cells: Mapping[str, str]) -> dict[str, Any]:
        """The difference that saving a tag makes. Raises ConfigError."""
        row, problems = _row_of(connection, cells)
        rows = TagRows([] if problems else [row], problems)
        name = str(row.values.get("name") or "")
        return await self._changes.preview(
            lambda source: plan_import(source, rows, connection=connection, mode="merge"), f"tag {connection}/{name}"
        )

    async def tag_cells(self, connection: str, name: str) -> dict[str, Any]:
        """What a tag says, as cells of a sheet; None where there is no such tag yet. Raises ConfigError."""
        found: dict[str, Any] = {"cells": None}

        def look(source: Source) -> ImportPlan:
            known = source.connections.get(connection)
            for tag in known.tags if known is not None else ():
                if tag.name == name:
                    found["cells"] = {heading: cell_text(heading, value) for heading, value in values_of(tag).items()}
            return ImportPlan()

        await self._changes.preview(look, "")
        return found

    async def try_tag(self, connection: str, cells: Mapping[str, str]) -> dict[str, Any]:
        """Reads a tag that is not saved yet, as it would be collected. Raises ConfigError, ConnectError."""
        conn = self._connection(connection)
        row, problems = _row_of(connection, {**cells, "name": cells.get("name") or "test"})
        base = next((tag for tag in conn.tags if tag.name == row.values.get("name")), None)
        tag, more = build_tag(row, base) if not problems else (None, [])
        problems += more
        if tag is None:
            raise _told(problems)
        return await self._looks.one(lambda: _read(conn, tag))

    async def sheet(
        self, data: bytes, connection: str, mode: Literal["merge", "replace"], encoding: str, name: str
    ) -> dict[str, Any]:
        """The difference that the tags of a CSV, XLSX, Kepware or Neuron file make. Raises ConfigError."""
        told: dict[str, Any] = {}

        def plan(source: Source) -> ImportPlan:
            if connection and connection not in source.connections:
                raise ConfigError("import.connection", f"there is no connection '{connection}'")
            given = tags_in(data, encoding=encoding or None)
            found = plan_import(source, given.rows, connection=connection or None, mode=mode)
            found.notes[:0] = given.notes
            told["format"] = given.format
            told["left_out"] = [
                {"row": one.row, "column": one.column, "message": one.message} for one in given.left_out[:200]
            ]
            return found

        difference = await self._changes.preview(plan, f"import of {name or 'a file'}")
        return {**difference, **told}

    async def export(self, kind: str, connection: str) -> bytes:
        """The tags of the configuration that runs as CSV or XLSX, of one connection or of all."""
        known = self._running.loaded.config.connections
        tags = [(one.id, tag) for one in known if connection in ("", one.id) for tag in one.tags]

        def written() -> bytes:  # beside the event loop: many tags take a second
            rows = rows_of(tags)
            return write_xlsx(rows) if kind == "xlsx" else write_csv(rows)

        return await asyncio.to_thread(written)

    def templates(self) -> dict[str, Any]:
        """Templates of the library, and connections that can be copied."""
        library = [
            {"id": one.id, "title": f"{one.maker} {one.device}".strip(), "summary": one.summary, "driver": one.driver}
            for one in device_templates().values()
        ]
        copies = [{"id": one.id, "title": one.id, "summary": "", "driver": one.driver}
                  for one in self._running.loaded.config.connections if one.id != "calculated"]  # fmt: skip
        return {"library": library, "copies": copies}

    async def template(self, base: str) -> dict[str, Any]:
        """What each machine gives where `base` is used: name and usual text of its parameters. Raises ConfigError."""
        found: dict[str, Any] = {}

        def look(source: Source) -> ImportPlan:
            one = base_of(source, base)
            config = one.template["config"]
            fields = [{"name": name, "usual": _cell(usual)} for name, usual in one.defaults.items()]
            fields += [{"name": name, "usual": _cell(config[name])} for name in PLACE_SETTINGS if name in one.settings]
            found.update(fields=fields, tags=len(one.template["tags"]), notes=one.notes)
            return ImportPlan()

        await self._changes.preview(look, "")
        return found

    async def machines(self, base: str, uses: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """The difference that machines of one kind make; each use has `id` and its parameters.

        A parameter or setting that is "" is not given: it leaves the configuration where it may. Raises ConfigError.
        """
        if not 1 <= len(uses) <= USES_MAX:
            raise ConfigError("page.uses", f"give 1 to {USES_MAX} machines at once")
        made = [
            Use(one.get("id", ""), {key: text for key, text in one.items() if key != "id"}, row)
            for row, one in enumerate(uses, 1)
        ]

        def plan(source: Source) -> ImportPlan:
            one = base_of(source, base)
            one.settings &= set(PLACE_SETTINGS)  # nobody names files and keys of the machine from a browser
            return plan_uses(source, one, made)

        return await self._changes.preview(plan, f"{len(made)} machine{'s' if len(made) != 1 else ''} like {base}")

    def _connection(self, id: str) -> ConnectionConfig:
        for one in self._running.loaded.config.connections:
            if one.id == id:
                return one
        raise ConfigError("page.connection", f"there is no connection '{id[:80]}'")


async def _read(conn: ConnectionConfig, tag: TagConfig) -> dict[str, Any]:
    driver = make_driver(conn)
    along = [tag, *(one for one in conn.tags if one.name == tag.scale_from)]
    problems = driver.plan(along).problems
    if problems:
        raise _told([CellProblem(_FORM_ROW, "address", "tag.address", problems[0].message, problems[0].hint)])
    try:
        await driver.connect()
        (value,) = await read_now(driver, [tag], conn.tags)
    except InterlockError as error:
        return {
            "value": None, "quality": None, "code": error.code, "error": error.message, "hint": error.hint, "ts": None
        }  # fmt: skip
    finally:
        await driver.close()
    return {
        "value": _exact(value.value), "quality": value.quality, "quality_label": label(value.quality), "error": "",
        "ts": value.ts, "unit": tag.unit,
    }  # fmt: skip


def _row_of(connection: str, cells: Mapping[str, str]) -> tuple[TagRow, list[CellProblem]]:
    values: dict[str, Any] = {}
    problems: list[CellProblem] = []
    for heading, text in list(cells.items())[:CELLS_MAX]:
        try:
            if heading_of(heading) == heading:
                values[heading] = parse_cell(heading, text) if text != "" else None
                continue
        except CellError as error:
            problems.append(CellProblem(_FORM_ROW, heading, error.code, error.message, error.hint))
        else:
            text = f"there is no column '{heading[:80]}'"
            problems.append(CellProblem(_FORM_ROW, heading[:80], "sheet.heading", text))
    return TagRow(_FORM_ROW, connection, values), problems


def _told(problems: Sequence[CellProblem]) -> ConfigError:
    return ConfigError(
        "page.tag", "such a tag is not possible", problems=[problem.as_problem() for problem in problems]
    )


def _cell(value: Any) -> str | None:
    return None if value is None else str(value)


def _exact(value: Any) -> Any:
    """JSON in a browser has integers up to 2^53 and no infinity."""
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return str(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 else value
