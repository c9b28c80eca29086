"""Publish answers to columns without a Python object per value.

What changed differs from message to message, so that no layout can be learned. Mostly, though, a server sends many
values of one type in a row: such a run has a fixed stride and is found by numpy; the rest is walked item by item.
OPC UA Part 4, §7.25 (NotificationData), Part 6, §5.2 (encoding).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from numpy.typing import NDArray

from connectors.drivers.opcua.skip import skip_variant
from connectors.drivers.opcua.values import LOCALIZED_TEXT, SCALARS, TEXTS, header_of, micros
from schemas.errors import ConnectError

__all__ = ["Changes", "Message", "message_of_publish", "message_of_republish"]

_VALUE, _STATUS, _SOURCE_TIME, _SERVER_TIME, _SOURCE_PICO, _SERVER_PICO = 1, 2, 4, 8, 16, 32
_DATA_CHANGE, _STATUS_CHANGE = 811, 820  # DataChangeNotification, StatusChangeNotification: Part 6, NodeIds
#: A run shorter than this is cheaper to walk; after one, as many items are walked before the next is looked for.
_RUN_MIN: Final = 24
_ITEMS_MAX: Final = 1 << 22
_INT, _UINT = struct.Struct("<i"), struct.Struct("<I")
_HEAD = struct.Struct("<Iq")


@dataclass(slots=True)
class Changes:
    """Changed values in the order sent; places are offsets in `data`, 0 where there is nothing."""

    data: NDArray[np.uint8]
    handle: NDArray[np.uint32]
    of: NDArray[np.int8]
    """Built-in type; 0 no value, -1 no single value."""
    value_at: NDArray[np.intp]
    text_end: NDArray[np.intp]
    status: NDArray[np.uint32]
    source: NDArray[np.int64]
    """µs UTC, 0 where the server gave none."""

    def __len__(self) -> int:
        return len(self.handle)


@dataclass(slots=True)
class Message:
    """One notification message; without changes and end it is a keep-alive, whose number is that of the next one."""

    subscription: int
    number: int
    more: bool
    """More is waiting at the server that belongs to the same moment."""
    available: tuple[int, ...]
    """Numbers the server can send again."""
    server_now: int
    """The server's clock when it sent, µs UTC; 0 where it gave none."""
    changes: list[Changes] = field(default_factory=list)
    ended: int | None = None
    """Status with which the server ended the subscription."""

    @property
    def keep_alive(self) -> bool:
        """Whether nothing changed."""
        return not self.changes and self.ended is None


def message_of_publish(answer: Buffer) -> Message:
    """The message in a PublishResponse. Raises ConnectError where it cannot be read, ua.UaError for a bad result."""
    body = bytes(answer)
    before = len(answer)
    sent = _header(answer, ua.ObjectIds.PublishResponse_Encoding_DefaultBinary)
    at = before - len(answer)
    try:
        (subscription, numbers), at = struct.unpack_from("<Ii", body, at), at + 8
        if not 0 <= numbers <= len(body):
            numbers = 0
        available = struct.unpack_from(f"<{numbers}I", body, at)
        at += 4 * numbers
        more = bool(body[at])
        return _message(body, at + 1, Message(subscription, 0, more, available, sent))
    except (struct.error, IndexError, ValueError) as error:
        raise ConnectError("opcua.answer", f"the server's notification cannot be read: {error}") from error


def message_of_republish(answer: Buffer, subscription: int) -> Message:
    """The message in a RepublishResponse. Raises as `message_of_publish`."""
    body = bytes(answer)
    before = len(answer)
    sent = _header(answer, ua.ObjectIds.RepublishResponse_Encoding_DefaultBinary)
    try:
        return _message(body, before - len(answer), Message(subscription, 0, False, (), sent))
    except (struct.error, IndexError, ValueError) as error:
        raise ConnectError("opcua.answer", f"the server's notification cannot be read: {error}") from error


def _header(answer: Buffer, encoding: int) -> int:
    header = header_of(answer, encoding)
    stamp = header.Timestamp
    if not isinstance(stamp, datetime) or stamp.year < 1971:
        return 0
    aware = stamp if stamp.tzinfo is not None else stamp.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1e6)


def _message(body: bytes, at: int, message: Message) -> Message:
    message.number, _published = _HEAD.unpack_from(body, at)
    (parts,) = _INT.unpack_from(body, at + 12)
    at += 16
    for _ in range(parts):
        of, start, at = _extension(body, at)
        if at > len(body):
            raise ValueError("it ends too early")
        if of == _DATA_CHANGE:
            message.changes.append(read_changes(body, start, at))
        elif of == _STATUS_CHANGE:
            (message.ended,) = _UINT.unpack_from(body, start)
    return message


def _extension(body: bytes, at: int) -> tuple[int, int, int]:
    """Type (a number of namespace 0, else 0), first place of the content, and where the next thing begins."""
    if body[at] == 1 and body[at + 1] == 0:
        of, at = int.from_bytes(body[at + 2 : at + 4], "little"), at + 4
    else:
        rest = Buffer(body, at)
        node = ua.ua_binary.nodeid_from_binary(rest)
        of = node.Identifier if node.NamespaceIndex == 0 and isinstance(node.Identifier, int) else 0
        at = len(body) - len(rest)
    if body[at] == 0:
        return of, at + 1, at + 1
    (length,) = _INT.unpack_from(body, at + 1)
    return of, at + 5, at + 5 + max(0, length)


class _Found:
    """Places of the items met so far: arrays for runs, lists for what was walked between."""

    def __init__(self) -> None:
        self.parts: list[tuple[NDArray[Any], ...]] = []
        self.walked: list[tuple[int, int, int, int, int, int]] = []

    def flush(self) -> None:
        """Closes the walked ones, so that a run follows in its order."""
        if self.walked:
            self.parts.append(tuple(np.array(column, dtype=np.intp) for column in zip(*self.walked, strict=True)))
            self.walked = []

    def columns(self) -> list[NDArray[Any]]:
        """item, type, value, end of text, status, source time: one array each."""
        self.flush()
        if not self.parts:
            return [np.empty(0, dtype=np.intp)] * 6
        if len(self.parts) == 1:
            return list(self.parts[0])
        return [np.concatenate(column) for column in zip(*self.parts, strict=True)]


def read_changes(body: bytes, start: int, end: int) -> Changes:
    """The MonitoredItemNotifications of a DataChangeNotification at `start`; raises ValueError where they run past
    `end`, IndexError or struct.error where they run past the message."""
    data = np.frombuffer(body, dtype="u1")
    (count,) = _INT.unpack_from(body, start)
    if count > _ITEMS_MAX:
        raise ValueError(f"{count} changes in one message")
    found, at, left, walk = _Found(), start + 4, count, 0
    while left > 0:
        if walk == 0 and left >= _RUN_MIN:
            taken, size = _run(body, data, at, end, left, found)
            at, left = at + taken * size, left - taken
            walk = 0 if taken else _RUN_MIN
            continue
        at = _walk(body, at, found)
        left, walk = left - 1, max(0, walk - 1)
        if at > end:
            raise ValueError("it ends too early")
    item_at, of, value_at, text_end, status_at, source_at = found.columns()
    return Changes(
        data,
        _gather(data, item_at, "<u4"),
        of.astype(np.int8),
        value_at,
        text_end,
        _where(data, status_at, "<u4"),
        micros(_where(data, source_at, "<i8")),
    )


def _run(body: bytes, data: NDArray[np.uint8], at: int, end: int, left: int, found: _Found) -> tuple[int, int]:
    """Items of one mask and one fixed type in a row, and the size of each; none taken where they are too few."""
    mask, of = body[at + 4], body[at + 5]
    dtype = SCALARS.get(of)
    if not mask & _VALUE or dtype is None:
        return 0, 0
    value, after = 6, 6 + dtype.itemsize
    status, after = (after, after + 4) if mask & _STATUS else (0, after)
    source, after = (after, after + 8) if mask & _SOURCE_TIME else (0, after)
    size = after + 2 * bool(mask & _SOURCE_PICO) + 8 * bool(mask & _SERVER_TIME) + 2 * bool(mask & _SERVER_PICO)
    rows = min(left, (end - at) // size)
    block = data[at : at + rows * size].reshape(rows, size)
    same = (block[:, 4] == mask) & (block[:, 5] == of)
    taken = rows if same.all() else int(np.argmin(same))
    if taken < _RUN_MIN:
        return 0, 0
    found.flush()
    first = at + np.arange(taken, dtype=np.intp) * size
    none = np.zeros(taken, dtype=np.intp)
    found.parts.append(
        (
            first,
            np.full(taken, of, dtype=np.intp),
            first + value,
            none,
            first + status if status else none,
            first + source if source else none,
        )
    )
    return taken, size


def _walk(body: bytes, at: int, found: _Found) -> int:
    item, mask = at, body[at + 4]
    at += 5
    of, value_at, text_end, status_at, source_at = 0, 0, 0, 0, 0
    if mask & _VALUE:
        of, value_at, text_end, at = _walk_variant(body, at)
    if mask & _STATUS:
        status_at, at = at, at + 4
    if mask & _SOURCE_TIME:
        source_at, at = at, at + 8
    at += 2 * bool(mask & _SOURCE_PICO) + 8 * bool(mask & _SERVER_TIME) + 2 * bool(mask & _SERVER_PICO)
    found.walked.append((item, of, value_at, text_end, status_at, source_at))
    return at


def _walk_variant(body: bytes, at: int) -> tuple[int, int, int, int]:
    of = body[at]
    dtype = SCALARS.get(of)
    if dtype is not None:
        return of, at + 1, 0, at + 1 + dtype.itemsize
    if of in TEXTS:
        begin = at + 5
        end = begin + max(0, _INT.unpack_from(body, at + 1)[0])
        return of, begin, end, end
    if of == LOCALIZED_TEXT:
        mask, at = body[at + 1], at + 2
        begin = at
        for part in (1, 2):
            if mask & part:
                begin = at + 4
                at = begin + max(0, _INT.unpack_from(body, at)[0])
        return of, begin if mask & 2 else at, at, at
    return (0 if of == 0 else -1), 0, 0, skip_variant(body, at)


def _gather(data: NDArray[np.uint8], places: NDArray[np.intp], dtype: str) -> NDArray[Any]:
    size = np.dtype(dtype).itemsize
    return data.take((places[:, None] + np.arange(size)).reshape(-1)).view(dtype)


def _where(data: NDArray[np.uint8], places: NDArray[np.intp], dtype: str) -> NDArray[Any]:
    """What is at the places; 0 where there is none."""
    given = np.flatnonzero(places)
    if len(given) == len(places):
        return _gather(data, places, dtype)
    out = np.zeros(len(places), dtype=dtype)
    if len(given):
        out[given] = _gather(data, places[given], dtype)
    return out
