"""The highest tag id ever given out, kept beside the journal: a database restored from a backup has
forgotten the ids it gave out since, but the store still has samples under them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from platform_core.ingest.places import TagPlace
from platform_core.journal.durable import write_replacing
from schemas.errors import ConfigError

FILE_NAME: Final = "tag_id.highest"


class TagNumbers:
    """Written when a dictionary brings new tags, before the first sample is stored under their ids."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigError when the file is damaged (it is replaced as a whole, so a power cut cannot do that)."""
        self._path = folder / FILE_NAME
        self._written = 0
        if self._path.exists():
            content = self._path.read_text().strip()
            if not content.isdigit():
                raise ConfigError("ingest.tag_numbers", f"{FILE_NAME} does not hold a number.")
            self._written = int(content)

    @property
    def highest(self) -> int:
        """No id up to this may be given to another tag."""
        return self._written

    def note(self, places: Iterable[TagPlace]) -> None:
        """Remember ids before a sample is stored under them. Raises OSError."""
        highest = max((place.tag_id for place in places), default=0)
        if highest > self._written:
            write_replacing(self._path, str(highest).encode())
            self._written = highest
