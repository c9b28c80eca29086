"""Tags that are written alike are one object: judged and kept once, as those of a hundred machines of one template."""

from __future__ import annotations

import marshal
from typing import Any

from pydantic import ValidationError

from schemas.models.tag import TagConfig

__all__ = ["DistinctTags"]

#: Of marshal: without references, so that equal content is equal bytes.
_PLAIN = 2


class DistinctTags:
    """The tags of one configuration by what is written."""

    def __init__(self) -> None:
        self._known: dict[bytes, TagConfig] = {}

    def of(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A connection with each tag that is right by itself in place of its raw form; the others stay as they are."""
        tags = raw.get("tags")
        if not isinstance(tags, list):
            return raw
        return {**raw, "tags": [self._tag(tag) for tag in tags]}

    def _tag(self, raw: Any) -> Any:
        try:
            key = marshal.dumps(raw, _PLAIN)
        except ValueError:  # a date, for example
            return raw
        found = self._known.get(key)
        if found is None:
            try:
                found = TagConfig.model_validate(raw)
            except ValidationError:
                return raw
            found.compact()
            self._known[key] = found
        return found
