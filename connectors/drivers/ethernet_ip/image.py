"""From the answers of a cycle to columns.

The bytes of all tags are put side by side by one gather, each number at an even place and each single byte with its
sign behind it, and the decoder of registers does the rest: a CIP number is little-endian. What types come is known
only from the answers; an image is made for them once and kept as long as they stay.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from connectors.decode import Decoder, Field, clean_text
from connectors.driver import PlanProblem
from connectors.drivers.ethernet_ip.cip import TYPES
from connectors.drivers.ethernet_ip.targets import Target, misfit
from connectors.planner import Block
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import Columns

__all__ = ["TEXT_HEAD", "Image", "Shape"]

#: Of each range its place, the type that came (-1 for none), and its bytes.
Shape = tuple[tuple[object, int, int], ...]
#: The present length of a STRING.
TEXT_HEAD: Final = 4


@dataclass(slots=True)
class _Text:
    """A text in the bytes as read, with what it was last cycle."""

    start: int
    size: int
    length: int
    data: bytes = b""
    value: str = ""
    quality: Quality = Quality.GOOD


class Image:
    """Decodes answers of one shape.

    The qualities of the ranges are followed by one for each kind of problem; `misfits` says of tags why they cannot
    be what the controller has.
    """

    def __init__(
        self,
        tags: Sequence[TagConfig],
        targets: dict[int, Target],
        problems: Sequence[PlanProblem],
        blocks: Sequence[Block],
        shape: Shape,
        encoding: str,
    ) -> None:
        self.shape = shape
        self.misfits: dict[int, str] = {}
        self._encoding = encoding
        self._size = sum(size for _, _, size in shape)
        self._texts: list[_Text] = []
        self._text_rows: list[tuple[int, int]] = []
        self._fields: list[Field] = []
        self._gather: list[int] = []
        bad: list[tuple[int, Quality]] = [(problem.index, problem.quality) for problem in problems]
        self.offsets: list[int] = []
        offset = 0
        for number, (block, (_, code, size)) in enumerate(zip(blocks, shape, strict=True)):
            self.offsets.append(offset)
            for span in block.spans:
                tag, target = tags[span.index], targets[span.index]
                wrong = misfit(tag, target, code) if code >= 0 else ""
                if wrong:
                    self.misfits[span.index] = wrong
                    bad.append((span.index, Quality.TYPE_MISMATCH))
                else:
                    step = size // block.count
                    self._add(number, span.index, tag, target, code, offset + (span.start - block.start) * step, step)
            offset += size
        kinds = sorted({quality for _, quality in bad})
        for index, quality in bad:
            kind = len(blocks) + kinds.index(quality)
            self._fields.append(Field(index, kind, 0, tags[index].type, bit=tags[index].bit))
        # Bad tags decode from here too; their value is dropped.
        self._gather += [2 * self._size] * max(0, 8 - len(self._gather))
        self._places = np.array(self._gather, dtype=np.intp)
        self._decoder = Decoder(self._fields, len(self._gather), encoding="latin-1")
        self._text_ids = np.array([index for index, _ in self._text_rows], dtype="<u4")
        self._text_ids.flags.writeable = False  # shared by every cycle's columns
        self._text_range = np.array([number for _, number in self._text_rows], dtype=np.intp)
        self.quality: NDArray[np.uint8] = np.array([Quality.GOOD] * len(blocks) + kinds, dtype="u1")

    def decode(
        self, answers: Sequence[bytes | None], quality: NDArray[np.uint8], ts: NDArray[np.int64]
    ) -> list[Columns]:
        """Columns with a row for each tag; None is a range without an answer, its quality says why."""
        raw = b"".join(answer or b"" for answer in answers)
        octets = np.frombuffer(raw, dtype="u1")
        # What is read, then the byte that goes behind each of them as a SINT, then a zero.
        source = np.concatenate((octets, np.where(octets >= 0x80, 0xFF, 0).astype("u1"), np.zeros(1, dtype="u1")))
        out = self._decoder.decode(source.take(self._places).tobytes(), quality, ts)
        if self._texts:
            out.append(self._decode_texts(raw, quality, ts))
        return out

    def _add(self, number: int, index: int, tag: TagConfig, target: Target, code: int, at: int, step: int) -> None:
        if tag.type == "string":
            self._texts.append(_Text(at, step, tag.length or 0))
            self._text_rows.append((index, number))
            return
        place = len(self._gather)
        if code < 0:  # no answer: the place of a value, of which only the quality counts
            at, step = 2 * self._size, 0
        if target.bit is not None:
            self._fields.append(Field(index, number, place, "bool", bit=target.bit % 8, packed=True))
            byte = at + target.bit // 8 if step else at
            self._gather += [byte, 2 * self._size]
            return
        self._fields.append(Field(index, number, place, tag.type, "DCBA"))
        if step > 1:
            self._gather += range(at, at + step)
        elif step == 1:
            # A BOOL is true as any bits but none; a SINT goes on with its sign where the tag has one.
            signed = TYPES[code].signed and tag.type == "int16"
            self._gather += [at, self._size + at if signed else 2 * self._size]
        else:
            self._gather += [at] * 8

    def _decode_texts(self, raw: bytes, quality: NDArray[np.uint8], ts: NDArray[np.int64]) -> Columns:
        q = quality[self._text_range]
        v: NDArray[Any] = np.full(len(self._texts), "", dtype=object)
        for row, text in enumerate(self._texts):
            if q[row] < BAD_FROM:
                data = raw[text.start : text.start + text.size]
                if data != text.data or not data:
                    text.data = data
                    text.value, text.quality = self._text(data, text)
                v[row] = text.value
                q[row] = max(int(q[row]), text.quality)
        return Columns("s", self._text_ids, ts[self._text_range], q, v)

    def _text(self, data: bytes, text: _Text) -> tuple[str, Quality]:
        """The characters in use; a length beyond the structure's means that there is no text here."""
        used = struct.unpack_from("<i", data)[0] if len(data) > TEXT_HEAD else -1
        if not 0 <= used <= len(data) - TEXT_HEAD:
            return "", Quality.TYPE_MISMATCH
        value, sound = clean_text(data[TEXT_HEAD : TEXT_HEAD + used], self._encoding)
        return value, Quality.GOOD if sound and used <= text.length else Quality.UNCERTAIN
