"""The OpenAPI document: what FastAPI finds, with each operation's policy and how to log in."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from platform_core.api.errors import ProblemDetails
from platform_core.api.guard import CSRF_HEADER, PUBLIC, declared_policy
from platform_core.auth.policy import LEAST_ROLE

DESCRIPTION = """\
The API of the Interlock platform. Times are integers of µs UTC, ranges are `[from, to)`, integers beyond 2^53 travel as
text. Errors are problem+json with all problems at once. Live values: WebSocket `/api/v1/live`, subprotocol
`interlock.live.1`.
"""
_TAGS = {
    "auth": "Set-up, login, session.",
    "tags": "What is measured.",
    "values": "The latest values, and the past.",
    "apps": "Apps, their drafts and releases.",
    "assets": "Machines and lines, and which tag plays which role there.",
    "health": "Whether everything works.",
}


def describe(app: FastAPI) -> None:
    """Let ``app.openapi()`` give the full document."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(_document(app))
        return made

    app.openapi = openapi  # type: ignore[method-assign]


def text_of(app: FastAPI) -> str:
    """The document as it is committed: sorted, two spaces of indent."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Interlock",
        version="1",
        description=DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas[ProblemDetails.__name__] = problem
    document["components"]["securitySchemes"] = {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "interlock_session",
            "description": f"Set by login. Requests that change something also need {CSRF_HEADER}.",
        },
        "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
    }
    for context in iter_route_contexts(list(app.routes)):
        for method in context.methods or ():
            operation = document["paths"].get(context.path_format, {}).get(method.lower())
            if operation is not None:
                _add_policy(operation, declared_policy(context.endpoint))
    return document


def _add_policy(operation: dict[str, Any], declared: str | None) -> None:
    validation = operation["responses"].get("422")
    if validation is not None and "application/json" in validation.get("content", {}):
        del operation["responses"]["422"]
    if declared == PUBLIC:
        operation["security"] = []
        return
    operation["security"] = [{"session": []}, {"token": []}]
    operation["x-policy"] = declared
    least = next(role for action, role in LEAST_ROLE.items() if action == declared)
    operation["description"] = f"{operation.get('description', '')}\n\nNeeds the role {least}."
