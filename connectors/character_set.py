"""The name of a character set in a driver's settings."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

__all__ = ["CharacterSet"]


def _known(name: str) -> str:
    try:
        info = codecs.lookup(name)
    except LookupError:
        raise ValueError(f"'{name}' is no known character set") from None
    # bytes-to-bytes codecs such as zlib must not be reachable with a device's bytes
    if not getattr(info, "_is_text_encoding", True):
        raise ValueError(f"'{name}' is no character set")
    return info.name


#: Checked, and as Python calls it.
CharacterSet = Annotated[str, StringConstraints(max_length=40), AfterValidator(_known)]
