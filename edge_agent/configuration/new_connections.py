"""Connections added to a configuration: with tags of their own in a file, or as uses of a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from connectors import registry
from connectors.template import expand
from edge_agent.configuration.source import Source, draft
from edge_agent.configuration.tag_import import ConnectionDiff, FieldChange, ImportPlan
from edge_agent.configuration.yaml_edit import YamlEdit, flow
from edge_agent.plain_words import problems_of
from edge_agent.spreadsheet.csv_file import write_csv
from edge_agent.spreadsheet.sheet import CellProblem
from edge_agent.spreadsheet.tag_rows import rows_of
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig, ConnectionTemplate
from schemas.models.tag import TagConfig

__all__ = ["NewConnection", "plan_connections"]


@dataclass(slots=True, frozen=True)
class NewConnection:
    """A connection to be: its own tags, or a template with what it must be given. `row`: where it was asked for."""

    id: str
    driver: str
    config: dict[str, Any] = field(default_factory=dict)
    tags: tuple[TagConfig, ...] = ()
    template: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    row: int = 0


def plan_connections(
    source: Source, new: Sequence[NewConnection], templates: Sequence[dict[str, Any]] = ()
) -> ImportPlan:
    """What adding them would do; `templates`: those the configuration does not have yet, as it would write them."""
    plan = ImportPlan()
    known = {template.id: template for template in map(ConnectionTemplate.model_validate, templates)}
    known |= {template.id: template for template in source.templates}
    meant = source.connections
    sheets: dict[str, str] = {}
    items: list[str] = []
    for one in new:
        if one.id in meant:
            text = f"there is a connection '{one.id}' already"
            plan.problems.append(CellProblem(one.row, "id", "config.duplicate_id", text, "Take another id."))
            continue
        found = _connection(one, known, plan)
        if found is None:
            continue
        meant[one.id] = found
        plan.diffs.append(ConnectionDiff(one.id, added=list(found.tags), settings=_settings(one)))
        name = ""
        if one.tags:
            name = source.free_file_name(one.id)
            sheets[name] = write_csv(rows_of((("", tag) for tag in one.tags), connection=False)).decode("utf-8")
        items.append(_item(one, name))
    if plan.problems:
        return plan
    edit = YamlEdit(source.text)
    edit.append("templates", [_template_item(template) for template in templates])
    edit.append("connections", items)
    try:
        plan.draft = draft(source, edit.text(), sheets, meant)
    except ConfigError as error:
        if not error.problems:
            raise
        first = len(source.connections)
        for problem in error.problems:
            parts = problem.path.split("/")
            at = int(parts[2]) - first if len(parts) > 2 and parts[2].isdecimal() else -1
            row = new[at].row if 0 <= at < len(new) else 0
            column = parts[-1] if len(parts) > 3 else ""
            message = f"{new[at].id}: {problem.message}" if 0 <= at < len(new) else problem.message
            plan.problems.append(CellProblem(row, column, problem.code, message, problem.hint))
    return plan


def _connection(one: NewConnection, known: dict[str, ConnectionTemplate], plan: ImportPlan) -> ConnectionConfig | None:
    raw: dict[str, Any] = {"id": one.id, "driver": one.driver, "config": one.config, **one.extras}
    if one.template:
        try:
            filled = expand(known[one.template], one.parameters)
        except ConfigError as error:
            plan.problems += [
                CellProblem(one.row, problem.path.strip("/"), problem.code, problem.message, problem.hint)
                for problem in error.problems
            ]
            return None
        raw |= {"config": {**filled["config"], **one.config}, "tags": filled["tags"]}
    try:
        found = ConnectionConfig.model_validate(raw)
    except ValidationError as error:
        plan.problems += [
            CellProblem(one.row, problem.path.strip("/"), problem.code, problem.message, problem.hint)
            for problem in problems_of(error, ConnectionConfig, "")
        ]
        return None
    return found.model_copy(update={"tags": (*found.tags, *one.tags)}) if one.tags else found


def _settings(one: NewConnection) -> list[FieldChange]:
    """All that is written of it, but what may be a secret."""
    known = registry.manifests().get(one.driver)
    schema = known.config_schema.get("properties", {}) if known is not None else {}
    shown = {key: "…" if schema.get(key, {}).get("writeOnly") else value for key, value in one.config.items()}
    written = {"driver": one.driver, **shown, **one.extras}
    return [FieldChange(key, "", value if isinstance(value, str) else flow(value)) for key, value in written.items()]


def _item(one: NewConnection, tags_file: str) -> str:
    lines = [f"id: {flow(one.id)}", f"driver: {flow(one.driver)}"]
    if one.template:
        lines += [f"template: {flow(one.template)}", f"with: {flow(one.parameters)}"]
    if one.config:
        lines.append(f"config: {flow(one.config)}")
    lines += [f"{key}: {flow(value)}" for key, value in one.extras.items()]
    if tags_file:
        lines.append(f"tags_file: {flow(tags_file)}")
    return "\n".join(lines)


def _template_item(template: dict[str, Any]) -> str:
    lines = [f"{key}: {flow(value)}" for key, value in template.items() if key != "tags"]
    return "\n".join([*lines, "tags:", *(f"  - {flow(tag)}" for tag in template["tags"])])
