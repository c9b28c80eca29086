"""Paths of an app's files, nothing else: ``app.json``, ``pages/<id>.json``, ``blocks/<id>.<version>.json``,
``tests/<id>.json``. Media (``media/<sha256>.<kind>``) are kept apart: their name is their content.
"""

from __future__ import annotations

import re
from typing import Literal

from platform_core.services.refusals import refusal
from schemas.identifiers import is_identifier

Kind = Literal["app", "page", "block", "test"]

APP_FILE = "app.json"
PAGE_FOLDER = "pages/"
BLOCK_FOLDER = "blocks/"
TEST_FOLDER = "tests/"
MEDIA_FOLDER = "media/"
FOLDERS: dict[Kind, str] = {"page": PAGE_FOLDER, "block": BLOCK_FOLDER, "test": TEST_FOLDER}
#: app.json, 200 pages, and what an ISV makes of blocks (each version a file) and tests.
FILES_MAX = 1000
KIND_MAX: dict[Kind, int] = {"app": 1, "page": 200, "block": 500, "test": 299}

_BLOCK = re.compile(r"([a-z0-9][a-z0-9_-]{0,39})\.([1-9][0-9]{0,4})")
_MEDIA = re.compile(r"[0-9a-f]{64}\.(svg|png|jpg|webp)")
_MEDIA_LENGTHS = (68, 69)


def page_path(page: str) -> str:
    """The path of a page's file."""
    return f"{PAGE_FOLDER}{page}.json"


def block_path(block: str, version: int) -> str:
    """The path of one version of a block."""
    return f"{BLOCK_FOLDER}{block}.{version}.json"


def test_path(test: str) -> str:
    """The path of a test's file."""
    return f"{TEST_FOLDER}{test}.json"


def page_of(path: str) -> str | None:
    """The page id of a page's path; None for every other file."""
    return _name_in(path, PAGE_FOLDER)


def block_of(path: str) -> tuple[str, int] | None:
    """Id and version of a block's path; None for every other file."""
    found = _BLOCK.fullmatch(_name_in(path, BLOCK_FOLDER) or "")
    return (found[1], int(found[2])) if found else None


def test_of(path: str) -> str | None:
    """The test id of a test's path; None for every other file."""
    return _name_in(path, TEST_FOLDER)


def is_media_name(name: str) -> bool:
    """Whether this is the name of a medium: its SHA-256 and kind."""
    return len(name) in _MEDIA_LENGTHS and _MEDIA.fullmatch(name) is not None


def kind_of(path: str) -> Kind | None:
    """What kind of file this is; None for what is not a file of an app."""
    if path == APP_FILE:
        return "app"
    if block_of(path) is not None:
        return "block"
    page, test = page_of(path), test_of(path)
    if page is not None and is_identifier(page):
        return "page"
    return "test" if test is not None and is_identifier(test) else None


def check_path(path: str) -> str:
    """The path itself when it is one of an app; otherwise ``ConfigError`` (``document.path``).

    Nothing is stripped or corrected: what is not exactly right is refused.
    """
    if kind_of(path) is None:
        raise refusal("document.path")
    return path


def _name_in(path: str, folder: str) -> str | None:
    return path[len(folder) : -len(".json")] if path.startswith(folder) and path.endswith(".json") else None
