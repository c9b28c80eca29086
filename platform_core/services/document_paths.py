"""Paths of an app's files: ``app.json`` and ``pages/<id>.json``, nothing else."""

from __future__ import annotations

from schemas.errors import ConfigError
from schemas.identifiers import is_identifier

APP_FILE = "app.json"
PAGE_FOLDER = "pages/"
FILES_MAX = 201


def page_path(page: str) -> str:
    """The path of a page's file."""
    return f"{PAGE_FOLDER}{page}.json"


def page_of(path: str) -> str | None:
    """The page id of a page's path; None for ``app.json``."""
    return path[len(PAGE_FOLDER) : -len(".json")] if path.startswith(PAGE_FOLDER) else None


def check_path(path: str) -> str:
    """The path itself when it is one of an app; otherwise ``ConfigError`` (``document.path``).

    Nothing is stripped or corrected: what is not exactly right is refused.
    """
    if path == APP_FILE:
        return path
    if path.startswith(PAGE_FOLDER) and path.endswith(".json") and is_identifier(page_of(path) or ""):
        return path
    raise ConfigError("document.path", "An app has the files app.json and pages/<id>.json.")
