"""The checks of an app as problems in English, for those who only need to know whether it may be published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.check import Surroundings, check_files
from platform_core.services.documents.findings import errors_of
from platform_core.services.documents.parsed import parse_file
from schemas.errors import Problem

Files = Mapping[str, Any]


def check_app(
    files: Files, components: ComponentCatalog, app_id: str, media: frozenset[str] | None = None
) -> list[Problem]:
    """All errors of an app's files; empty when it may be published. ``media`` are the pictures it brings."""
    found = check_files(files, Surroundings(components, media), app_id)
    return [one.as_problem() for one in errors_of(found)]


def check_file(path: str, content: Any) -> list[Problem]:
    """The structural problems of one file, with pointers into that file."""
    return [one.as_problem() for one in parse_file(path, content, base="")[1]]
