"""Identifiers used in topics, paths and documents: never names for people."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import StringConstraints

IDENTIFIER_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,39}$"
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN)]

#: The edge that stands for the platform itself, with the tags that people type; no agent may have this name.
MANUAL_EDGE = "manual"
#: The edge that stands for the platform as a Sparkplug host: what nodes of other makers send.
SPARKPLUG_EDGE = "sparkplug"
#: Edges whose streams the platform writes itself: no agent may speak as one.
OWN_EDGES = (MANUAL_EDGE, SPARKPLUG_EDGE)

ELEMENT_ID_PATTERN = r"^el_[a-z2-7]{8}$"
ElementId = Annotated[str, StringConstraints(pattern=ELEMENT_ID_PATTERN)]

_IDENTIFIER = re.compile(IDENTIFIER_PATTERN.replace("$", r"\Z"))


def is_identifier(text: str) -> bool:
    """Whether `text` may stand in a topic, a path or a document as an id."""
    return _IDENTIFIER.match(text) is not None


def to_identifier(text: str, *, fallback: str = "x") -> str:
    """The closest valid id to a name written for people; not unique by itself."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    joined = re.sub(r"[^a-z0-9_-]+", "_", plain).strip("_-")[:40].strip("_-")
    return joined or fallback
