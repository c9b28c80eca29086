"""The five kinds of value; a tag's kind is fixed for its life."""

from __future__ import annotations

from typing import Literal

#: f float64, i int64, u uint64, b bool, s text
Kind = Literal["f", "i", "u", "b", "s"]
KINDS: tuple[Kind, ...] = ("f", "i", "u", "b", "s")
