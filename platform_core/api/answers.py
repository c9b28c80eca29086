"""Responses that are plain JSON, written without a model in between, and the error answers routes have in common."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from platform_core.api.errors import ProblemDetails

JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"


def plain(content: Any, headers: dict[str, str] | None = None) -> Response:
    """JSON of plain data. NaN would be a defect and raises."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, media_type=JSON_TYPE, headers=headers)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI of the errors a route may answer."""
    texts = {
        401: "Nobody is logged in.",
        403: "The role may not do this.",
        404: "There is no such thing in this tenant.",
        409: "The name is taken, or what is there must not be changed.",
        412: "It was changed since it was read.",
        413: "It is too large.",
        422: "What was sent has problems; all are listed.",
        428: "The If-Match header is missing.",
        429: "Too many attempts; Retry-After says how long to wait.",
        503: "Not now: nothing was done, or that is not known; the code says which.",
    }
    schema = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
    return {
        status: {"description": texts[status], "content": {PROBLEM_TYPE: {"schema": schema}}} for status in statuses
    }
