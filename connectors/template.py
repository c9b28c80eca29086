"""Connection templates: one tag list, many machines.

A text may hold `{param}` or, for a whole number, `{param+12}` and `{param-1}`; `{{` and `}}` are braces.
A text that is nothing but one placeholder takes the parameter's own type. Nothing else is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from schemas.errors import ConfigError, Problem
from schemas.models.connection import ConnectionTemplate

__all__ = ["expand", "expand_connections"]

#: As parsed from a file: what is no text, number or truth value is reported.
Parameters = Mapping[str, Any]

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_INNER = re.compile(r"\s*([a-z0-9][a-z0-9_-]{0,39}?)\s*(?:([+-])\s*([0-9]{1,9}))?\s*\Z")


def expand_connections(document: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without `templates`: every connection that names one gets its settings and tags.

    Settings of the connection win over the template's; the template's tags come first. The input is as
    parsed from the file, the result is for the configuration model to check. Raises ConfigError with
    all problems, each with its JSON pointer in the document as given.
    """
    problems: list[Problem] = []
    templates = _templates(document.get("templates", []), problems)
    out = {key: value for key, value in document.items() if key != "templates"}
    connections = document.get("connections", [])
    if isinstance(connections, list):
        out["connections"] = [
            _connection(item, f"/connections/{number}", templates, problems) for number, item in enumerate(connections)
        ]
    if problems:
        raise ConfigError("template.invalid", "the connection templates are wrong", problems=problems)
    return out


def expand(template: ConnectionTemplate, parameters: Parameters) -> dict[str, Any]:
    """`config`, `report` and `tags` of a template filled in. Raises ConfigError with all problems."""
    problems: list[Problem] = []
    filled = _fill_template(template, parameters, "", problems)
    if problems:
        raise ConfigError("template.invalid", f"template '{template.id}' cannot be filled in", problems=problems)
    return filled


def _templates(given: Any, problems: list[Problem]) -> dict[str, ConnectionTemplate]:
    found: dict[str, ConnectionTemplate] = {}
    if not isinstance(given, list):
        problems.append(Problem("template.invalid", "/templates", "templates must be a list"))
        return found
    for number, item in enumerate(given):
        path = f"/templates/{number}"
        try:
            template = ConnectionTemplate.model_validate(item)
        except ValidationError as error:
            problems += [
                Problem("template.invalid", path + "".join(f"/{part}" for part in one["loc"]), one["msg"])
                for one in error.errors(include_url=False, include_context=False, include_input=False)
            ]
            continue
        if template.id in found:
            problems.append(Problem("template.duplicate", f"{path}/id", f"there are two templates '{template.id}'"))
        found[template.id] = template
    return found


def _connection(item: Any, path: str, templates: Mapping[str, ConnectionTemplate], problems: list[Problem]) -> Any:
    if not isinstance(item, dict) or ("template" not in item and "with" not in item):
        return item
    own = {key: value for key, value in item.items() if key not in ("template", "with")}
    name, parameters = item.get("template"), item.get("with", {})
    template = templates.get(name) if isinstance(name, str) else None
    if template is None:
        known = ", ".join(sorted(templates)) or "none"
        problems.append(
            Problem(
                "template.unknown", f"{path}/template", f"there is no template '{name}'", f"Known templates: {known}."
            )
        )
        return own
    if not isinstance(parameters, dict):
        problems.append(Problem("template.parameters", f"{path}/with", "'with' must give a value for each parameter"))
        return own
    filled = _fill_template(template, parameters, f"{path}/with", problems)
    own["config"] = {**filled["config"], **(own.get("config") or {})}
    if filled["report"]:
        own["report"] = {**filled["report"], **(own.get("report") or {})}
    own["tags"] = [*filled["tags"], *(own.get("tags") or [])]
    return own


def _fill_template(
    template: ConnectionTemplate, parameters: Parameters, path: str, problems: list[Problem]
) -> dict[str, Any]:
    missing = [name for name in template.params if name not in parameters]
    unknown = [name for name in parameters if name not in template.params]
    problems += [
        Problem("template.parameters", path, f"template '{template.id}' needs '{name}'", f"Add {name}: under 'with'.")
        for name in missing
    ]
    hint = f"Its parameters: {', '.join(template.params) or 'none'}."
    problems += [
        Problem("template.parameters", f"{path}/{name}", f"template '{template.id}' has no parameter '{name}'", hint)
        for name in unknown
    ]
    for name, value in parameters.items():
        if not isinstance(value, str | int | float | bool):
            problems.append(Problem("template.parameters", f"{path}/{name}", "a parameter is a text or a number"))
    if missing:
        return {"config": {}, "report": {}, "tags": []}
    filler = _Filler(template.id, parameters, path, problems)
    return {
        "config": filler.fill(template.config, "config"),
        "report": filler.fill(template.report, "report"),
        "tags": [filler.fill(tag, "tags") for tag in template.tags],
    }


class _Filler:
    """Fills placeholders in a tree of settings; each problem once however often it occurs."""

    def __init__(self, template: str, parameters: Parameters, path: str, problems: list[Problem]) -> None:
        self._template = template
        self._parameters = parameters
        self._path = path
        self._problems = problems
        self._told: set[str] = set()

    def fill(self, node: Any, place: str) -> Any:
        if isinstance(node, str):
            return self._text(node, place)
        if isinstance(node, Mapping):
            filled = {key: self.fill(value, f"{place}/{key}") for key, value in node.items()}
            # What has no placeholder is one object for all uses.
            return node if all(filled[key] is value for key, value in node.items()) else filled
        if isinstance(node, list | tuple):
            return [self.fill(value, place) for value in node]
        return node

    def _text(self, text: str, place: str) -> Any:
        if "{" not in text and "}" not in text:
            return text
        whole = _PLACEHOLDER.fullmatch(text)
        if whole is not None and whole.group(1) is not None:
            return self._value(whole.group(1), text, place)
        return _PLACEHOLDER.sub(lambda match: self._piece(match, text, place), text)

    def _piece(self, match: re.Match[str], text: str, place: str) -> str:
        token = match.group(0)
        if token in ("{{", "}}"):
            return token[0]
        if match.group(1) is None:
            self._tell(f"'{text}' in {place} has a single brace", "Write {{ or }} for a brace.")
            return token
        return str(self._value(match.group(1), text, place))

    def _value(self, inner: str, text: str, place: str) -> str | int | float | bool:
        parsed = _INNER.match(inner)
        name = parsed.group(1) if parsed is not None else inner
        if parsed is None or name not in self._parameters:
            known = ", ".join(self._parameters) or "none"
            self._tell(f"'{{{inner}}}' in {place} is no parameter of template '{self._template}'", f"Known: {known}.")
            return text
        value: str | int | float | bool = self._parameters[name]
        if parsed.group(2) is None:
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            self._tell(f"'{{{inner}}}' in {place} counts on '{name}', which is not a whole number")
            return text
        step = int(parsed.group(3))
        return value + step if parsed.group(2) == "+" else value - step

    def _tell(self, message: str, hint: str = "") -> None:
        if message not in self._told:
            self._told.add(message)
            self._problems.append(Problem("template.placeholder", self._path, message, hint))
