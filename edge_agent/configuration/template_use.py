"""Many machines of one kind: uses of a template of the library, of one in agent.yaml, or copies of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors import registry
from connectors.device_templates import device_templates
from edge_agent.configuration.new_connections import NewConnection, plan_connections
from edge_agent.configuration.source import Source
from edge_agent.configuration.tag_import import ImportPlan
from edge_agent.plain_words import suggestion
from edge_agent.spreadsheet.columns import CellError, parse_cell
from edge_agent.spreadsheet.sheet import CellProblem, Sheet
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig

__all__ = ["Base", "Use", "base_of", "plan_uses", "uses_in"]


@dataclass(slots=True)
class Base:
    """What is used: its template as agent.yaml would have it, and what each use gives.

    `defaults`: value of each parameter, None where there is none. `settings`: settings of the driver that a use may
    give besides. `missing`: the template is not in agent.yaml yet.
    """

    template: dict[str, Any]
    driver: str
    defaults: dict[str, Any]
    settings: frozenset[str] = frozenset()
    missing: bool = True
    extras: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Use:
    """One machine: the connection's id and what it gives, as text; `row`: where it was asked for."""

    id: str
    given: Mapping[str, str]
    row: int = 0


def base_of(source: Source, name: str, driver: str | None = None) -> Base:
    """What `name` means: a template in agent.yaml, one of the library, or a connection to be copied.

    Raises ConfigError for a name that is none of them.
    """
    own = {template.id: template for template in source.templates}
    library = device_templates()
    if name in own:
        users = [one.get("driver") for one in source.written if one.get("template") == name]
        kind = driver or (users[0] if users else None) or (library[name].driver if name in library else None)
        if kind is None:
            raise ConfigError("template.driver", f"which driver reads '{name}'?", hint="Give --driver, or use it once.")
        known = {key: one.default for key, one in library[name].params.items()} if name in library else {}
        template = own[name].model_dump(mode="json")
        return Base(template, kind, {key: known.get(key) for key in own[name].params}, missing=False)
    if name in library:
        found = library[name]
        template = {
            "id": found.id, "params": list(found.params), "config": dict(found.config), "tags": list(found.tags)
        }  # fmt: skip
        notes = [found.notes] if found.notes else []
        return Base(template, found.driver, {key: one.default for key, one in found.params.items()}, notes=notes)
    if name in source.connections:
        return _copy_of(source.connections[name], own)
    known_names = [*own, *library, *source.connections]
    hint = suggestion(name, known_names) or "See edge-agent templates list."
    raise ConfigError("template.unknown", f"there is no template and no connection '{name}'", hint=hint)


def _copy_of(connection: ConnectionConfig, own: Mapping[str, Any]) -> Base:
    """A template of a connection: its tags with a prefix before their names, its settings to be given anew."""
    if connection.sequences:
        raise ConfigError(
            "template.sequences", f"{connection.id} has sequences, which are not copied",
            hint="Write a template by hand; see the reference of agent.yaml.",
        )  # fmt: skip
    id = next(name for name in (f"{connection.id[:34]}{end}" for end in ("_copy", *range(2, 99))) if name not in own)
    names = {tag.name for tag in connection.tags}
    assets = sorted({tag.asset for tag in connection.tags if tag.asset})
    tags = [_copied(tag, names, len(assets) == 1) for tag in connection.tags]
    defaults: dict[str, Any] = {"prefix": ""}
    notes = []
    if len(assets) == 1:
        defaults["asset"] = None
    elif assets:
        notes.append("The tags belong to several assets; the copies name none.")
    template = {"id": id, "params": list(defaults), "config": _escaped(connection.config), "tags": tags}
    extras = connection.model_dump(mode="json", exclude_defaults=True, include={"scan_ms", "report", "time"})
    return Base(template, connection.driver, defaults, frozenset(connection.config), extras=extras, notes=notes)


def _copied(tag: TagConfig, names: set[str], one_asset: bool) -> dict[str, Any]:
    raw: dict[str, Any] = _escaped(tag.model_dump(mode="json", exclude_defaults=True, exclude={"was"}))
    raw = {**raw, "name": "{prefix}" + raw["name"], "type": tag.type}
    if "scale_from" in raw:
        raw["scale_from"] = "{prefix}" + raw["scale_from"]
    looks_at = raw.get("write", {}).get("interlock_tags", {})
    for key, name in looks_at.items():
        if name in names:
            looks_at[key] = "{prefix}" + name
    for key in ("asset_name", "asset_name_i18n"):
        raw.pop(key, None)
    if "asset" in raw:
        raw["asset"] = "{asset}"
        if not one_asset:
            del raw["asset"]
    return raw


def _escaped(value: Any) -> Any:
    """Braces doubled, so that a template takes them as they are."""
    if isinstance(value, str):
        return value.replace("{", "{{").replace("}", "}}")
    if isinstance(value, Mapping):
        return {key: _escaped(one) for key, one in value.items()}
    return [_escaped(one) for one in value] if isinstance(value, list | tuple) else value


def plan_uses(source: Source, base: Base, uses: Sequence[Use]) -> ImportPlan:
    """What adding a connection for each use would do."""
    problems: list[CellProblem] = []
    new: list[NewConnection] = []
    seen: dict[str, int] = {}
    emptied = _emptied(base, uses, problems)
    for use in uses:
        if use.id in seen:
            text = f"the id '{use.id}' is there twice (first in row {seen[use.id]})"
            problems.append(CellProblem(use.row, "id", "config.duplicate_id", text, "Give each machine its own id."))
        seen.setdefault(use.id, use.row)
        parameters, settings = _given(base, use, emptied, problems)
        new.append(
            NewConnection(
                use.id, base.driver, settings, template=str(base.template["id"]), parameters=parameters,
                extras=base.extras, row=use.row,
            )
        )  # fmt: skip
    if problems:
        return ImportPlan(problems=problems)
    kept = {name: value for name, value in base.template["config"].items() if name not in emptied}
    plan = plan_connections(source, new, [{**base.template, "config": kept}] if base.missing else [])
    plan.notes[:0] = base.notes
    return plan


def _emptied(base: Base, uses: Sequence[Use], problems: list[CellProblem]) -> set[str]:
    """Settings that a use gives as "": they leave the template, unless the driver needs them."""
    found = {name for use in uses for name, text in use.given.items() if text == "" and name in base.settings}
    needed = found & set(registry.manifests()[base.driver].config_schema.get("required", ())) if found else set()
    for use in uses:
        for name in sorted(needed):
            if use.given.get(name) == "":
                hint = f"The driver {base.driver} needs it."
                problems.append(CellProblem(use.row, name, "template.needed", f"'{name}' may not be empty", hint))
    return found - needed


def _given(
    base: Base, use: Use, emptied: set[str], problems: list[CellProblem]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and settings of a use; what others emptied stands in the template no longer, so it is named here."""
    parameters = dict(base.defaults)
    settings = {name: base.template["config"][name] for name in sorted(emptied - set(use.given))}
    known = [*base.defaults, *sorted(base.settings)]
    for name, text in use.given.items():
        if name in base.defaults and text == "" and not isinstance(base.defaults[name], str):
            parameters[name] = None
        elif name in base.defaults:
            parameters[name] = _typed(text, base.defaults[name])
        elif name in base.settings and text == "":
            continue
        elif name in base.settings:
            settings[name] = _typed(text, base.template["config"][name])
        else:
            hint = suggestion(name, known) or f"Known: {', '.join(known)}."
            problems.append(CellProblem(use.row, name, "template.parameters", f"there is no parameter '{name}'", hint))
    for name, value in parameters.items():
        if value is None:
            text = f"'{name}' is missing"
            problems.append(CellProblem(use.row, name, "template.parameters", text, f"Give --with {name}=…"))
    return parameters, settings


def _typed(text: str, like: Any) -> Any:
    """A given text as a number where the template has one, or has nothing and the text is a whole number."""
    if isinstance(like, bool):
        return text.casefold() in ("true", "1", "yes")
    if isinstance(like, str):
        return text
    digits = text.removeprefix("-")
    # 007 is a name, not the number 7.
    return int(text) if digits.isdecimal() and (digits == "0" or digits[0] != "0") else text


def uses_in(sheet: Sheet) -> tuple[list[Use], list[CellProblem]]:
    """One machine a row: the column `id`, and one for each parameter."""
    problems: list[CellProblem] = []
    uses: list[Use] = []
    if not sheet.rows:
        return [], [CellProblem(1, "", "sheet.empty", "the sheet is empty", "Begin with a row of headings.")]
    number, headings = sheet.rows[0]
    names = [cell.strip() for cell in headings]
    if "id" not in names:
        return [], [
            CellProblem(number, "id", "sheet.heading", "the column 'id' is missing", "It names the connection.")
        ]
    for row, cells in sheet.rows[1:]:
        given: dict[str, str] = {}
        for place, name in enumerate(names):
            refused = sheet.refused.get((row, place))
            if refused is not None:
                problems.append(CellProblem(row, name, *refused))
                continue
            try:
                text = parse_cell("description", cells[place]) if place < len(cells) else None
            except CellError as error:
                problems.append(CellProblem(row, name, error.code, error.message, error.hint))
                continue
            if name and not name.startswith("#") and text is not None:
                given[name] = text
        uses.append(Use(given.pop("id", ""), given, row))
    return uses, problems
