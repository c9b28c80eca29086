"""Every error as problem+json: ``{type, title, status, detail, errors: [{code, path, message, hint}]}``.

What is not expected becomes a 500 that names only a reference; the cause is in the log under it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from platform_core.api.request_limit import TooManyRequestsError
from platform_core.auth.accounts import TooManyAttempts
from platform_core.services.refusals import Refusal, say
from schemas.errors import AuthError, ConfigError, ConnectError, InterlockError, Problem, WriteRejected

_LOG = logging.getLogger(__name__)

STATUS_BY_CODE: dict[str, int] = {
    "auth.needed": 401,
    "auth.wrong": 401,
    "auth.setup": 403,
    "auth.forbidden": 403,
    "auth.csrf": 403,
    "auth.origin": 403,
    "auth.unknown": 404,
    "auth.wait": 429,
    "enrol.token": 403,
    "enrol.used": 403,
    "enrol.expired": 403,
    "edge_config.offline": 409,
    "edge_config.silent": 409,
    "edge_config.busy": 409,
    "request.rate": 429,
    "auth.busy": 503,
    "document.changed": 412,
    "document.precondition": 428,
    "document.size": 413,
    "account.taken": 409,
    "app.taken": 409,
    "app.released": 409,
    "block.released": 409,
    "draft.edited": 409,
    "media.used": 409,
    "code_block.other": 409,
    "code_block.used": 409,
    "media.size": 413,
    "package.size": 413,
    "asset.in_use": 409,
    "asset_type.used": 409,
    "role.taken": 409,
    "write.element": 404,
    "write.rate": 429,
    "write.use": 403,
}
ERRORS_MAX = 200


class ProblemItem(BaseModel):
    """One thing that is wrong."""

    code: str = Field(description="Stable code of the problem.")
    path: str = Field(description="JSON pointer into what was sent; empty for the whole.")
    message: str = Field(description="What is wrong.")
    hint: str = Field(description="What to do.")
    message_i18n: dict[str, str] = Field(default={}, description="The message in other languages, where it is there.")
    hint_i18n: dict[str, str] = Field(default={}, description="The hint in other languages, where it is there.")


class ProblemDetails(BaseModel):
    """An error (RFC 9457), with all problems at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "There is no tag '12'.",
                    "errors": [{"code": "auth.unknown", "path": "", "message": "There is no tag '12'.", "hint": ""}],
                }
            ]
        }
    )

    type: str = Field(description="Always about:blank; the codes of errors tell problems apart.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="HTTP status.")
    detail: str = Field(description="What happened, in a sentence.")
    detail_i18n: dict[str, str] = Field(default={}, description="The sentence in other languages, where it is there.")
    errors: list[ProblemItem] = Field(description="All problems.")


def problem_response(
    status: int,
    detail: str,
    problems: list[Problem],
    headers: dict[str, str] | None = None,
    detail_i18n: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The response for an error; texts in other languages than English are left out where there are none."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": [problem_item(one).model_dump(exclude_unset=True) for one in problems[:ERRORS_MAX]],
    }
    if detail_i18n:
        content["detail_i18n"] = dict(detail_i18n)
    return JSONResponse(content, status, headers=headers, media_type="application/problem+json")


def problem_item(one: Problem) -> ProblemItem:
    """As the API says it; texts in other languages than English are left out where there are none."""
    item = ProblemItem(code=one.code, path=one.path, message=one.message, hint=one.hint)
    if one.message_i18n:
        item.message_i18n, item.hint_i18n = dict(one.message_i18n), dict(one.hint_i18n)
    return item


def status_of(error: InterlockError) -> int:
    """HTTP status of an error raised on purpose."""
    if error.code in STATUS_BY_CODE:
        return STATUS_BY_CODE[error.code]
    if isinstance(error, AuthError):
        return 403
    if isinstance(error, ConfigError | WriteRejected):
        return 422
    return 503 if isinstance(error, ConnectError) else 500


def install(app: FastAPI) -> None:
    """Let the app answer every error this way."""
    app.add_exception_handler(InterlockError, _on_interlock_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(OperationalError, _on_database_error)
    app.add_exception_handler(Exception, _on_unexpected)


def response_for(error: InterlockError) -> JSONResponse:
    """The response for an error raised on purpose."""
    status = status_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, TooManyAttempts | TooManyRequestsError):
        headers["Retry-After"] = str(error.retry_after_s)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    said = error.said if isinstance(error, Refusal) else None
    one = said.at("") if said else Problem(error.code, "", error.message, error.hint)
    others = said.message_i18n if said else None
    return problem_response(status, error.message, list(error.problems) or [one], headers, others)


async def _on_interlock_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, InterlockError):
        raise error
    return response_for(error)


async def _on_validation_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    problems = []
    for item in error.errors():
        path = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in item["loc"][1:])
        place = str(item["loc"][0]) if item["loc"] else "body"
        hint = "" if place == "body" else f"Look at the {place} parameters."
        problems.append(Problem(f"request.{item['type']}", path, str(item["msg"]), hint))
    said = say("detail.request", count=len(problems))
    return problem_response(422, said.message, problems, detail_i18n=said.message_i18n)


async def _on_http_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    detail = str(error.detail)
    code = "request." + HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    headers = dict(error.headers) if error.headers else None
    return problem_response(error.status_code, detail, [Problem(code, "", detail)], headers)


async def _on_database_error(_request: Request, error: Exception) -> Response:
    _LOG.error("The database refused: %s", error)
    problem = Problem("database.busy", "", "The database cannot answer now.", "Try again; look at the free disk.")
    return problem_response(503, problem.message, [problem], {"Retry-After": "2"})


async def _on_unexpected(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(6)
    _LOG.error("Unexpected error %s at %s %s", reference, request.method, request.url.path, exc_info=error)
    text = f"Something unexpected happened (reference {reference})."
    return problem_response(500, text, [Problem("internal", "", text, "Tell an administrator the reference.")])
