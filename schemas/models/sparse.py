"""Documents of which there may be a hundred thousand: what is the default takes no room."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from schemas.models.base import Document

_NONE: Final = object()
#: A set, for a copy of a document adds to its own copy of it; nobody adds to these.
_SHARED: dict[frozenset[str], set[str]] = {}


@cache
def _defaults(document: type[Document]) -> dict[str, Any]:
    """Defaults by field. Shared by all instances: documents do not change."""
    return {name: field.default for name, field in document.model_fields.items() if not field.is_required()}


class Sparse(Document):
    """After `compact` an instance holds only values that differ from their default; it reads and compares as before.

    What it was told to be (`model_fields_set`) is shared between instances, and so are equal strings.
    """

    def compact(self) -> None:
        """Let go of what is the default. Whole dumps (without `exclude_defaults`) lack it from here on."""
        kept = {name: sys.intern(value) if type(value) is str else value for name, value in self._given().items()}
        told = frozenset(self.__pydantic_fields_set__)
        object.__setattr__(self, "__dict__", kept)
        object.__setattr__(self, "__pydantic_fields_set__", _SHARED.setdefault(told, set(told)))

    def _given(self) -> dict[str, Any]:
        defaults = _defaults(type(self))
        return {name: value for name, value in self.__dict__.items() if defaults.get(name, _NONE) != value}

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Sparse)
        return self._given() == other._given()

    __hash__ = None  # type: ignore[assignment]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            found = _defaults(type(self)).get(name, _NONE)
            return super().__getattr__(name) if found is _NONE else found
