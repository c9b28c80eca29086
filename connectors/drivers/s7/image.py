"""From the bytes of a cycle to columns.

S7 numbers are big-endian and may begin at any byte; a BYTE is half a register. So the bytes of all tags are
first put side by side by one gather, each number at an even place and each BYTE with a byte before it, and
the decoder of registers does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.decode import Decoder, Field, clean_text
from connectors.driver import PlanProblem
from connectors.drivers.s7.targets import TEXT_HEAD, Target
from connectors.planner import Span
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import Columns

__all__ = ["Image"]


@dataclass(slots=True)
class _Text:
    """A text in the bytes as read, with what it was last cycle."""

    target: Target
    start: int
    length: int
    data: bytes = b""
    value: str = ""
    quality: Quality = Quality.GOOD


class Image:
    """Decodes the answers to ranges given as (first byte, bytes, tags); made once for a layout.

    The qualities of the ranges are followed by one for each kind of problem of the plan.
    """

    def __init__(
        self,
        tags: Sequence[TagConfig],
        targets: dict[int, Target],
        problems: Sequence[PlanProblem],
        ranges: Sequence[tuple[int, int, tuple[Span, ...]]],
        encoding: str,
    ) -> None:
        self._encoding = encoding
        self.offsets: list[int] = []
        self._texts: list[_Text] = []
        self._size = sum(count for _, count, _ in ranges)
        fields: list[Field] = []
        gather: list[int] = []
        text_rows: list[tuple[int, int]] = []
        offset = 0
        for number, (first, count, spans) in enumerate(ranges):
            self.offsets.append(offset)
            for span in spans:
                tag, target = tags[span.index], targets[span.index]
                at = offset + target.start - first
                if target.is_text:
                    self._texts.append(_Text(target, at, tag.length or 0))
                    text_rows.append((span.index, number))
                else:
                    fields.append(self._field(span.index, number, len(gather), tag, target))
                    gather += self._bytes(at, target)
            offset += count
        qualities = sorted({problem.quality for problem in problems})
        for p in problems:
            kind = len(ranges) + qualities.index(p.quality)
            fields.append(Field(p.index, kind, 0, tags[p.index].type, bit=tags[p.index].bit))
        # Bad tags decode from here too; their value is dropped.
        gather += [2 * self._size] * max(0, 8 - len(gather))
        self._gather = np.array(gather, dtype=np.intp)
        self._decoder = Decoder(fields, len(gather), encoding="latin-1")
        self._text_ids = np.array([index for index, _ in text_rows], dtype="<u4")
        self._text_ids.flags.writeable = False  # shared by every cycle's columns
        self._text_range = np.array([number for _, number in text_rows], dtype=np.intp)
        self.quality: NDArray[np.uint8] = np.array([Quality.GOOD] * len(ranges) + qualities, dtype="u1")

    def decode(
        self, answers: Sequence[bytes | None], quality: NDArray[np.uint8], ts: NDArray[np.int64]
    ) -> list[Columns]:
        """Columns with a row for each tag; None is a range without an answer, its quality says why."""
        raw = bytearray(self._size)
        for offset, answer in zip(self.offsets, answers, strict=True):
            if answer is not None:
                raw[offset : offset + len(answer)] = answer
        octets = np.frombuffer(raw, dtype="u1")
        # What is read, then the byte that goes before each of them as a SINT, then a zero.
        source = np.concatenate((octets, np.where(octets >= 0x80, 0xFF, 0).astype("u1"), np.zeros(1, dtype="u1")))
        out = self._decoder.decode(source.take(self._gather).tobytes(), quality, ts)
        if self._texts:
            out.append(self._decode_texts(raw, quality, ts))
        return out

    def _field(self, index: int, number: int, at: int, tag: TagConfig, target: Target) -> Field:
        if target.bit is not None:
            return Field(index, number, at + 1, "bool", bit=target.bit, packed=True)
        return Field(index, number, at, tag.type, target.order, tag.bit)

    def _bytes(self, at: int, target: Target) -> list[int]:
        """Places in the source of a tag's bytes."""
        if target.size > 1:
            return list(range(at, at + target.size))
        return [self._size + at if target.name == "SINT" else 2 * self._size, at]

    def _decode_texts(self, raw: bytearray, quality: NDArray[np.uint8], ts: NDArray[np.int64]) -> Columns:
        q = quality[self._text_range]
        v: NDArray[Any] = np.full(len(self._texts), "", dtype=object)
        for row, text in enumerate(self._texts):
            if q[row] >= BAD_FROM:
                continue
            data = bytes(raw[text.start : text.start + text.target.size])
            if data != text.data:
                text.data = data
                text.value, text.quality = self._text(data, text)
            v[row] = text.value
            q[row] = max(int(q[row]), text.quality)
        return Columns("s", self._text_ids, ts[self._text_range], q, v)

    def _text(self, data: bytes, text: _Text) -> tuple[str, Quality]:
        """The characters in use; a length beyond the longest one means that there is no text here."""
        wide = text.target.name == "WSTRING"
        head = TEXT_HEAD[text.target.name]
        half = head // 2
        longest, used = int.from_bytes(data[:half], "big"), int.from_bytes(data[half:head], "big")
        if used > longest:
            return "", Quality.TYPE_MISMATCH
        body = data[head : head + used * half]
        if wide:
            value, sound = clean_text(body.decode("utf-16-be", "replace").encode("utf-8"), "utf-8")
        else:
            value, sound = clean_text(body, self._encoding)
        return value, Quality.GOOD if sound and used <= text.length else Quality.UNCERTAIN
