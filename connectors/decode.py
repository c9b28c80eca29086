"""Register images to columns and back: byte order, width, bits and text.

A driver lays the answers of one cycle side by side in one byte image. `Decoder` is compiled once for
the plan: an index array per data type picks the 16-bit words of all tags of that type, in the order
that makes little-endian numbers of them, so a cycle is a handful of array operations however many
tags there are. Only text makes a Python object per value, and only when its bytes changed.

Byte orders name the bytes of the value, A the most significant, in the order the device sends them:
`ABCD` big-endian, `CDAB` words swapped, `BADC` bytes swapped, `DCBA` both. For 8-byte values the same
words mean `ABCDEFGH`, `GHEFCDAB`, `BADCFEHG`, `HGFEDCBA`; any other order of whole words may be given
with eight letters.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from schemas.models.tag import DataType
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns, Kind

__all__ = ["ORDER_8", "WORDS", "Decoder", "Field", "clean_text", "encode", "raw_kind", "register_count", "word_order"]

#: numpy type of a number in the image once its words are in little-endian order.
_DTYPES: Final[Mapping[str, np.dtype[Any]]] = {
    "int16": np.dtype("<i2"),
    "uint16": np.dtype("<u2"),
    "int32": np.dtype("<i4"),
    "uint32": np.dtype("<u4"),
    "int64": np.dtype("<i8"),
    "uint64": np.dtype("<u8"),
    "float32": np.dtype("<f4"),
    "float64": np.dtype("<f8"),
}
_STRUCT: Final[Mapping[str, str]] = {
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "int64": ">q",
    "uint64": ">Q",
    "float32": ">f",
    "float64": ">d",
}
#: 16-bit registers a number takes.
WORDS: Final[Mapping[str, int]] = {"bool": 1} | {name: dtype.itemsize // 2 for name, dtype in _DTYPES.items()}
#: The eight-byte meaning of a four-letter order.
ORDER_8: Final[Mapping[str, str]] = {
    "ABCD": "ABCDEFGH",
    "CDAB": "GHEFCDAB",
    "BADC": "BADCFEHG",
    "DCBA": "HGFEDCBA",
}

#: Writes rows of a value column from the words and the bytes of an image.
Fill = Callable[[NDArray[np.uint16], NDArray[np.uint8], NDArray[Any]], None]


def register_count(data_type: DataType, length: int | None = None) -> int:
    """16-bit registers a value takes; a string holds two characters in each."""
    return ((length or 1) + 1) // 2 if data_type == "string" else WORDS[data_type]


def raw_kind(data_type: DataType, bit: int | None = None) -> Kind:
    """Kind of a value before scaling."""
    if data_type == "string":
        return "s"
    if data_type == "bool" or bit is not None:
        return "b"
    if data_type.startswith("float"):
        return "f"
    return "u" if data_type.startswith("u") else "i"


def word_order(words: int, order: str) -> tuple[tuple[int, ...], bool]:
    """Where the words of a value lie, most significant first, and whether the bytes of each are swapped.

    Raises ValueError for an order that is not one of whole words.
    """
    if words == 1:
        return (0,), order[:2] == "BA" or order in ("DCBA", "HGFEDCBA")
    letters = order if len(order) == words * 2 else ORDER_8.get(order, "") if words == 4 else ""
    plain = "ABCDEFGH"[: words * 2]
    if sorted(letters) != sorted(plain):
        raise ValueError(f"'{order}' is not a byte order of a {words * 2}-byte value")
    sent = [letters[i : i + 2] for i in range(0, len(letters), 2)]
    wanted = [plain[i : i + 2] for i in range(0, len(plain), 2)]
    if sorted(sent) == wanted:
        return tuple(sent.index(pair) for pair in wanted), False
    if sorted(pair[::-1] for pair in sent) == wanted:
        return tuple(sent.index(pair[::-1]) for pair in wanted), True
    raise ValueError(f"'{order}' does not keep the registers of a value whole")


@dataclass(frozen=True, slots=True)
class Field:
    """Where a tag lies in the image.

    `offset` is in bytes (even for registers). `bit`: for `packed` bits, the bit's number counted from
    the lowest of the byte at `offset`; else a bit of the big-endian register at `offset`. `block` tells
    whose time and quality the tag takes.
    """

    index: int
    block: int
    offset: int
    type: DataType
    order: str = "ABCD"
    bit: int | None = None
    length: int = 0
    packed: bool = False


def clean_text(data: bytes, encoding: str) -> tuple[str, bool]:
    """Text of a device's string field, and whether all its bytes made sense.

    A device's text is not trusted: it ends at the first NUL, bytes that are no text become U+FFFD and
    control characters a space; trailing blanks are the field's filling.
    """
    text = data.split(b"\0", 1)[0].decode(encoding, "replace")
    sound = "\ufffd" not in text
    if not text.isprintable():
        readable = "".join(char if char.isprintable() else " " for char in text)
        sound = sound and readable.split() == text.split()
        text = readable
    return text.rstrip(), sound


@dataclass(slots=True)
class _Text:
    row: int
    start: int
    end: int
    swapped: bool
    data: bytes = b""
    value: str = ""
    sound: bool = True


@dataclass(slots=True)
class _Group:
    """Rows of one kind: constant columns, and what fills the value column."""

    kind: Kind
    ids: NDArray[np.uint32]
    block: NDArray[np.intp]
    fills: list[Fill] = field(default_factory=list)
    texts: list[_Text] = field(default_factory=list)


class Decoder:
    """Decodes an image of `size` bytes (an even number) into one group of columns per kind."""

    def __init__(self, fields: Sequence[Field], size: int, *, encoding: str = "utf-8") -> None:
        if size % 2:
            raise ValueError("the image holds whole words")
        self._words = size // 2
        self._encoding = encoding
        by_kind: dict[Kind, list[Field]] = {}
        for item in sorted(fields, key=_layout):
            by_kind.setdefault(raw_kind(item.type, item.bit), []).append(item)
        self._groups = [self._compile(kind, by_kind[kind]) for kind in KINDS if kind in by_kind]

    def decode(self, image: bytes | bytearray, quality: NDArray[np.uint8], ts: NDArray[np.int64]) -> list[Columns]:
        """Columns with a row for each field; `quality` and `ts` (µs UTC) are per block."""
        sent = np.frombuffer(image, dtype="<u2")
        # First half: registers as numbers; second half: with their bytes swapped.
        words = np.concatenate((sent.byteswap(), sent))
        octets = np.frombuffer(image, dtype="u1")
        any_bad = bool((quality >= BAD_FROM).any())
        out: list[Columns] = []
        for group in self._groups:
            q = quality[group.block]
            if group.kind == "s":
                v = self._texts(group.texts, image, q)
            else:
                v = np.empty(len(group.ids), dtype=VALUE_DTYPE[group.kind])
                for fill in group.fills:
                    fill(words, octets, v)
                if any_bad:
                    v[q >= BAD_FROM] = 0
            out.append(Columns(group.kind, group.ids, ts[group.block], q, v))
        return out

    def _compile(self, kind: Kind, fields: list[Field]) -> _Group:
        ids = np.array([item.index for item in fields], dtype="<u4")
        ids.flags.writeable = False  # shared by every cycle's columns
        group = _Group(kind, ids, np.array([item.block for item in fields], dtype=np.intp))
        start = 0
        while start < len(fields):
            key = _layout(fields[start])
            end = start + 1
            while end < len(fields) and _layout(fields[end]) == key:
                end += 1
            self._add(group, fields[start:end], slice(start, end))
            start = end
        return group

    def _add(self, group: _Group, fields: list[Field], rows: slice) -> None:
        if group.kind == "s":
            group.texts = [
                _Text(row, item.offset, item.offset + item.length, word_order(1, item.order)[1])
                for row, item in enumerate(fields, rows.start)
            ]
        elif group.kind == "b" and _layout(fields[0])[1] == "bits":
            group.fills.append(_fill_bits(fields, rows))
        elif group.kind == "b":
            group.fills.append(_fill_nonzero(self._word_index(fields, 1), rows))
        else:
            dtype = _DTYPES[fields[0].type]
            group.fills.append(_fill_numbers(self._word_index(fields, dtype.itemsize // 2), dtype, rows))

    def _word_index(self, fields: list[Field], count: int) -> NDArray[np.intp]:
        """Positions of each value's words, least significant first, as one flat array."""
        index = np.empty((len(fields), count), dtype=np.intp)
        for row, item in enumerate(fields):
            if item.offset % 2:
                raise ValueError("registers start at even offsets")
            places, swapped = word_order(count, item.order)
            base = item.offset // 2 + (self._words if swapped else 0)
            index[row] = [base + place for place in reversed(places)]
        return index.reshape(-1)

    def _texts(self, texts: list[_Text], image: bytes | bytearray, q: NDArray[np.uint8]) -> NDArray[Any]:
        v = np.full(len(texts), "", dtype=object)
        for text in texts:
            if q[text.row] >= BAD_FROM:
                continue
            data = bytes(image[text.start : text.end + text.end % 2])
            if data != text.data:
                text.data = data
                plain = _swap_bytes(data) if text.swapped else data
                text.value, text.sound = clean_text(plain[: text.end - text.start], self._encoding)
            v[text.row] = text.value
            if not text.sound:
                q[text.row] = max(int(q[text.row]), Quality.UNCERTAIN)
        return v


def _layout(item: Field) -> tuple[str, str]:
    """Fields with the same answer are filled by one array operation."""
    kind = raw_kind(item.type, item.bit)
    if kind == "b":
        return kind, "bits" if item.packed or item.bit is not None else "words"
    return kind, item.type


def _fill_numbers(index: NDArray[np.intp], dtype: np.dtype[Any], rows: slice) -> Fill:
    def fill(words: NDArray[np.uint16], _octets: NDArray[np.uint8], v: NDArray[Any]) -> None:
        # A signalling NaN is no value like any other NaN, and nothing to warn of.
        with np.errstate(invalid="ignore"):
            v[rows] = words.take(index).view(dtype)

    return fill


def _fill_nonzero(index: NDArray[np.intp], rows: slice) -> Fill:
    def fill(words: NDArray[np.uint16], _octets: NDArray[np.uint8], v: NDArray[Any]) -> None:
        v[rows] = words.take(index) != 0

    return fill


def _fill_bits(fields: list[Field], rows: slice) -> Fill:
    offsets, shifts = [], []
    for item in fields:
        bit = item.bit or 0
        # A register's low byte comes second; packed bits are counted from the low bit of each byte.
        offsets.append(item.offset + bit // 8 if item.packed else item.offset + (1 - bit // 8))
        shifts.append(bit % 8)
    index, shift = np.array(offsets, dtype=np.intp), np.array(shifts, dtype="u1")

    def fill(_words: NDArray[np.uint16], octets: NDArray[np.uint8], v: NDArray[Any]) -> None:
        v[rows] = (octets.take(index) >> shift) & 1

    return fill


def _swap_bytes(data: bytes) -> bytes:
    return np.frombuffer(data, dtype="<u2").byteswap().tobytes()


def encode(
    value: float | int | bool | str,
    data_type: DataType,
    order: str = "ABCD",
    *,
    length: int = 0,
    encoding: str = "utf-8",
) -> bytes:
    """The registers of a value as the device sends them, two bytes each.

    Raises ValueError for a value that the type cannot hold, or text that does not fit.
    """
    if data_type == "string":
        return _encode_text(str(value), order, length, encoding)
    if isinstance(value, str):
        raise ValueError(f"text cannot be written to a {data_type}")
    if data_type == "bool":
        return b"\0\1" if value else b"\0\0"
    whole = not data_type.startswith("float")
    if whole and not (math.isfinite(value) and value == int(value)):
        raise ValueError(f"{value} is not a whole number")
    try:
        plain = struct.pack(_STRUCT[data_type], int(value) if whole else float(value))
    except (struct.error, OverflowError) as error:
        raise ValueError(f"{value} does not fit {data_type}") from error
    places, swapped = word_order(len(plain) // 2, order)
    sent = bytearray(len(plain))
    for source, place in enumerate(places):
        pair = plain[source * 2 : source * 2 + 2]
        sent[place * 2 : place * 2 + 2] = pair[::-1] if swapped else pair
    return bytes(sent)


def _encode_text(text: str, order: str, length: int, encoding: str) -> bytes:
    data = text.encode(encoding)
    if len(data) > length:
        raise ValueError(f"the text takes {len(data)} bytes, the field has {length}")
    data = data.ljust(length + length % 2, b"\0")
    return _swap_bytes(data) if word_order(1, order)[1] else data
