"""HTTP: whether the server takes our credentials, its status per resource, and the path in the JSON."""

from __future__ import annotations

import json
from typing import Any

from connectors import registry
from connectors.diagnostics.tap import Tap
from connectors.drivers.http_json.address import parse_address
from connectors.drivers.http_json.client import Answer, HttpLink
from connectors.json_values import Missing, find
from edge_agent.commissioning.doctor_network import place_of, wrong_port
from edge_agent.commissioning.doctor_tags import examine_tags
from edge_agent.commissioning.findings import Finding, ok, problem
from schemas.errors import AuthError, ConfigError, ConnectError
from schemas.models.connection import ConnectionConfig

__all__ = ["examine_http"]

_KEYS_SHOWN = 12


async def examine_http(connection: ConnectionConfig) -> list[Finding]:
    """What keeps a reachable server's values away."""
    config = registry.configure(connection.driver, connection.config).config
    where = config.base_url
    try:
        found = await examine_tags(connection)
    except ConfigError as error:
        return [problem(error.code, where, error.message, next_step=error.hint or "Correct the config.")]
    except AuthError as error:
        return [problem("http.credentials", where, error.message, evidence="HTTP status 401", next_step=error.hint)]
    except ConnectError as error:
        place = place_of(connection)
        other = await wrong_port(connection.driver, *place) if place else None
        step = error.hint or "Check http or https, port and path of base_url; with https the certificate (ca_file)."
        return [other or problem("http.session", where, error.message, next_step=step)]
    if all(one.severity == "ok" for one in found) or config.header_files or config.username:
        return found  # asking again with credentials would say no more than the qualities do
    return [one for one in found if one.severity == "ok"] + await _by_resource(connection, config)


async def _by_resource(connection: ConnectionConfig, config: Any) -> list[Finding]:
    size_max = config.answer_size_max_kb * 1024
    link = HttpLink(config.base_url, config.ca_file, config.timeout_ms, size_max, Tap())
    answers: dict[str, Answer] = {}
    found: list[Finding] = []
    await link.open()
    try:
        for tag in connection.tags:
            resource, steps = parse_address(tag.address)
            if resource not in answers:
                answers[resource] = await link.get(resource, dict(config.headers))
            finding = _judged(f"{connection.id}/{tag.name}", resource, answers[resource], steps)
            if finding.severity != "ok" and finding not in found:
                found.append(finding)
    finally:
        link.close()
    return found


def _judged(where: str, resource: str, answer: Answer, steps: tuple[str, ...]) -> Finding:
    if answer.status != 200:
        return problem(
            "http.status", resource, f"the server answers {resource} with HTTP status {answer.status}",
            evidence=f"status {answer.status}",
            next_step="404: correct base_url and the path before #. 3xx: write the address it redirects to. "
            "403: give credentials. 5xx: look at the server.",
        )  # fmt: skip
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return problem(
            "http.no_json", resource, f"{resource} is no JSON", evidence=repr(answer.body[:40]),
            next_step="Use the address of the device's JSON interface; a page for people cannot be read.",
        )  # fmt: skip
    node = document
    for place, step in enumerate(steps):
        try:
            node = find(node, (step,))
        except Missing:
            has = ", ".join(map(str, list(node)[:_KEYS_SHOWN])) if isinstance(node, dict) else type(node).__name__
            return problem(
                "http.json_path", where, f"the answer has nothing at /{'/'.join(steps[: place + 1])}",
                evidence=f"there is: {has}"[:300],
                next_step=f"Correct the path after # in the tag's address ({resource}#/…).",
            )  # fmt: skip
    return ok(where, "there is a value")
