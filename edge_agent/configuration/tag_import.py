"""Tags of a sheet against the tags of a configuration: what would change, field by field, and the change itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from edge_agent.configuration.source import Draft, Source, draft
from edge_agent.configuration.yaml_edit import YamlEdit, flow
from edge_agent.expand import Origin
from edge_agent.plain_words import suggestion
from edge_agent.spreadsheet.columns import cell_text, values_of
from edge_agent.spreadsheet.csv_file import read_csv, write_csv
from edge_agent.spreadsheet.sheet import CellProblem
from edge_agent.spreadsheet.tag_rows import TagRow, TagRows, build_tag, rows_of
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig

__all__ = ["ConnectionDiff", "FieldChange", "ImportPlan", "Mode", "TagChange", "plan_import"]

Mode = Literal["merge", "replace"]
_FILE_ROW = re.compile(r"row \d+ of \S+\.csv: ")


@dataclass(slots=True, frozen=True)
class FieldChange:
    """A setting before and after, as a sheet shows them."""

    column: str
    before: str
    after: str


@dataclass(slots=True, frozen=True)
class TagChange:
    """A tag that stays but differs; `name` is the new one."""

    name: str
    fields: tuple[FieldChange, ...]


@dataclass(slots=True)
class ConnectionDiff:
    """What an import does to one connection."""

    connection: str
    added: list[TagConfig] = field(default_factory=list)
    changed: list[TagChange] = field(default_factory=list)
    removed: list[TagConfig] = field(default_factory=list)
    unchanged: int = 0
    settings: list[FieldChange] = field(default_factory=list)
    """What it is given beside its tags; of a connection that is new: all that is written of it."""

    @property
    def empty(self) -> bool:
        """Nothing would change."""
        return not (self.added or self.changed or self.removed or self.settings)


@dataclass(slots=True)
class ImportPlan:
    """What an import would do, or why it cannot: with problems there is no draft."""

    diffs: list[ConnectionDiff] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    draft: Draft | None = None

    @property
    def empty(self) -> bool:
        """The configuration says all of it already."""
        return all(diff.empty for diff in self.diffs)


@dataclass(slots=True)
class _Target:
    """One connection on the way from its tags as they are to those that are meant."""

    place: int
    origin: Origin
    before: ConnectionConfig
    diff: ConnectionDiff
    tags: dict[str, TagConfig] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    """Former name → new name of renamed tags."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Settings of the driver that differ from those it has."""


def plan_import(
    source: Source, parsed: TagRows, *, connection: str | None, mode: Mode, settings: Mapping[str, Any] | None = None
) -> ImportPlan:
    """Compares; touches no file. `connection`: where rows without one belong, and the only one taken.

    `settings`: what the driver of the connections is to be given in the same change.
    """
    plan = ImportPlan(problems=list(parsed.problems))
    targets = _targets(source, parsed.rows, connection, plan)
    if not targets and not plan.problems:
        plan.problems.append(CellProblem(1, "", "sheet.empty", "the sheet has no tags"))
    for target, rows in targets:
        _judge(target, rows, mode, plan)
        _give(target, settings or {})
        plan.diffs.append(target.diff)
    if not plan.problems and not plan.empty:
        _draft(source, [target for target, _ in targets], plan)
    return plan


def _targets(
    source: Source, rows: Sequence[TagRow], connection: str | None, plan: ImportPlan
) -> list[tuple[_Target, list[TagRow]]]:
    known = source.connections
    by_name: dict[str, list[TagRow]] = {}
    for row in rows:
        name = row.connection or connection or (next(iter(known)) if len(known) == 1 else "")
        if connection is not None and name != connection:
            continue
        if name not in known:
            told = f"there is no connection '{name}'" if name else "the row names no connection"
            hint = suggestion(name, known) if name else "Add a column 'connection', or give --connection ID."
            hint = hint or "Add the connection to agent.yaml first."
            plan.problems.append(CellProblem(row.row, "connection", "sheet.connection", told, hint))
            continue
        by_name.setdefault(name, []).append(row)
    skipped = sum(1 for row in rows if connection is not None and row.connection not in ("", connection))
    if skipped:
        plan.notes.append(f"{skipped} rows of other connections than {connection} were passed over.")
    places = {name: place for place, name in enumerate(known)}
    return [
        (_Target(places[name], source.loaded.origins[places[name]], known[name], ConnectionDiff(name)), found)
        for name, found in by_name.items()
    ]


def _judge(target: _Target, rows: list[TagRow], mode: Mode, plan: ImportPlan) -> None:
    before = {tag.name: tag for tag in target.before.tags}
    fixed = {tag.name for tag in target.before.tags[: target.origin.template_tags]}
    for row in rows:
        name = str(row.values.get("name") or "")
        if name in target.rows:
            text = f"the tag '{name}' is there twice (first in row {target.rows[name]})"
            plan.problems.append(CellProblem(row.row, "name", "tag.duplicate", text, "Give each tag its own name."))
            continue
        former = row.values.get("was")
        base = before.get(name) or (before.get(former) if isinstance(former, str) else None)
        tag, problems = build_tag(row, base)
        plan.problems += problems
        target.rows[name] = row.row
        if tag is None:
            continue
        if base is not None and base.name in fixed and tag != base:
            text = f"'{base.name}' comes from the connection's template"
            hint = "Change the template in agent.yaml; here it must stay as it is, or be left out."
            plan.problems.append(CellProblem(row.row, "name", "sheet.template", text, hint))
            continue
        _count(target, tag, base)
    gone = [tag for name, tag in before.items() if name not in target.tags and name not in target.moved]
    if mode == "merge":
        target.tags |= {tag.name: tag for tag in gone}
        target.diff.unchanged += len(gone)
    else:
        stay = [tag for tag in gone if tag.name in fixed]
        target.tags |= {tag.name: tag for tag in stay}
        target.diff.unchanged += len(stay)
        target.diff.removed = [tag for tag in gone if tag.name not in fixed]


def _count(target: _Target, tag: TagConfig, base: TagConfig | None) -> None:
    target.tags[tag.name] = tag
    if base is None:
        target.diff.added.append(tag)
        return
    if base.name != tag.name:
        target.moved[base.name] = tag.name
    old, new = values_of(base), values_of(tag)
    fields = tuple(
        FieldChange(column, cell_text(column, old[column]), cell_text(column, new[column]))
        for column in new
        if old[column] != new[column]
    )
    if fields:
        target.diff.changed.append(TagChange(tag.name, fields))
    else:
        target.diff.unchanged += 1


def _give(target: _Target, settings: Mapping[str, Any]) -> None:
    before = target.before.config
    for key, value in settings.items():
        if flow(before.get(key)) != flow(value):
            target.settings[key] = value
            target.diff.settings.append(FieldChange(key, flow(before[key]) if key in before else "", flow(value)))


def _draft(source: Source, targets: list[_Target], plan: ImportPlan) -> None:
    """The new files; problems of the result are told by row where a row is the reason."""
    edit = YamlEdit(source.text)
    meant = source.connections
    sheets: dict[str, str] = {}
    for target in targets:
        if not target.diff.empty:
            meant[target.diff.connection] = _edit(source, edit, target, sheets, plan)
    try:
        plan.draft = draft(source, edit.text(), sheets, meant)
    except ConfigError as error:
        if not error.problems:
            raise
        _told_by_row(error, source, targets, meant, plan)


def _edit(
    source: Source, edit: YamlEdit, target: _Target, sheets: dict[str, str], plan: ImportPlan
) -> ConnectionConfig:
    """Edits one connection: what is unchanged stays where it is, the rest goes to its file of tags."""
    tags = target.before.tags
    first_file = len(tags) - len(target.origin.rows)
    inline = tags[target.origin.template_tags : first_file]
    gone = {place for place, tag in enumerate(inline) if target.tags.get(tag.name) != tag}
    stay = [*tags[: target.origin.template_tags], *(tag for at, tag in enumerate(inline) if at not in gone)]
    names = {tag.name for tag in stay}
    order = dict.fromkeys(target.moved.get(tag.name, tag.name) for tag in tags)
    order |= dict.fromkeys(target.tags)
    in_file = [target.tags[name] for name in order if name in target.tags and name not in names]
    edit.remove_tags(target.place, gone)
    edit.set_config(target.place, target.settings)
    file_name = target.origin.tags_file
    if not file_name and in_file:
        file_name = source.free_file_name(target.diff.connection)
        edit.set_tags_file(target.place, file_name)
    if file_name:
        rows = _with_notes(source, target, rows_of((("", tag) for tag in in_file), connection=False), in_file)
        sheets[file_name] = write_csv(rows).decode("utf-8")
    moved = [tag for at, tag in enumerate(inline) if at in gone and target.moved.get(tag.name, tag.name) in target.tags]
    if moved:
        plan.notes.append(
            f"{target.diff.connection}: {len(moved)} changed tags move from agent.yaml to {file_name}; "
            "the comments on their own lines go."
        )
    config = {**target.before.config, **target.settings}
    return target.before.model_copy(update={"tags": (*stay, *in_file), "config": config})


def _with_notes(source: Source, target: _Target, rows: list[list[str]], tags: Sequence[TagConfig]) -> list[list[str]]:
    """The rows with the columns of the present file that are people's own (# before the heading)."""
    text = source.sheets.get(target.origin.tags_file)
    if text is None:
        return rows
    sheet = read_csv(text.encode("utf-8", "surrogateescape"))
    own = [place for place, heading in enumerate(sheet.rows[0][1]) if heading.strip().startswith("#")]
    if not own:
        return rows
    in_file = target.before.tags[len(target.before.tags) - len(target.origin.rows) :]
    name_of = {row: tag.name for row, tag in zip(target.origin.rows, in_file, strict=True)}
    notes: dict[str, list[str]] = {}
    for number, cells in sheet.rows[1:]:
        name = name_of.get(number, "")
        notes[target.moved.get(name, name)] = [cells[place] if place < len(cells) else "" for place in own]
    headings = [sheet.rows[0][1][place] for place in own]
    empty = [""] * len(own)
    return [
        [*rows[0], *headings],
        *([*row, *notes.get(tag.name, empty)] for row, tag in zip(rows[1:], tags, strict=True)),
    ]


def _told_by_row(
    error: ConfigError, source: Source, targets: list[_Target], meant: dict[str, ConnectionConfig], plan: ImportPlan
) -> None:
    by_id = {target.diff.connection: target for target in targets}
    ids = list(source.connections)
    for problem in error.problems:
        parts = problem.path.split("/")
        message = problem.message
        row, column = 0, ""
        if len(parts) > 4 and parts[1] == "connections" and parts[3] == "tags" and parts[4].isdecimal():
            name = ids[int(parts[2])]
            tags = meant[name].tags[int(parts[4]) :]
            row = by_id[name].rows.get(tags[0].name, 0) if name in by_id and tags else 0
            column = parts[5] if len(parts) > 5 else ""
            message = _FILE_ROW.sub("", message)  # of the file that is not there yet
        plan.problems.append(CellProblem(row, column, problem.code, message, problem.hint))
