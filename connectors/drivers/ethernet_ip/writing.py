"""Writing one tag: its type is asked for first, as a controller takes nothing of another type."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from connectors.decode import encode
from connectors.drivers.ethernet_ip.cip import BOOL, STRUCTURE, TYPES, Status, type_named
from connectors.drivers.ethernet_ip.image import TEXT_HEAD
from connectors.drivers.ethernet_ip.link import Link
from connectors.drivers.ethernet_ip.messages import MODIFY, READ, WRITE, Data, pack, parse_answer, parse_data, path_of
from connectors.drivers.ethernet_ip.targets import Target, locate, misfit
from schemas.errors import ConnectError, WriteRejected
from schemas.models.tag import TagConfig

__all__ = ["Value", "write_value"]

Value = float | int | bool | str
#: The built-in STRING: its handle, bytes and characters. Others are filled up at the end, nobody says how far.
_STRING: Final = 0x0FCE
_STRING_SIZE: Final = 88
_STRING_MAX: Final = 82
#: Bytes of the number of a connected message.
_NUMBER: Final = 2


async def write_value(linked: Callable[[], Link], tag: TagConfig, value: Value, encoding: str) -> None:
    """Write, once. Raises WriteRejected; ConnectError, which says whether the outcome is unknown."""
    target = locate(tag)
    if not isinstance(target, Target):
        raise WriteRejected("ethernet_ip.address", target.message, hint=target.hint)
    link = linked()
    there = await _read(link, tag, target.at(target.element))
    wrong = misfit(tag, target, there.code)
    if wrong:
        raise WriteRejected("ethernet_ip.type", f"{tag.name}: {wrong}")
    path = path_of(target.at(target.element))
    try:
        request = _request(path, tag, target, there, value, encoding)
    except (ValueError, UnicodeEncodeError) as error:
        raise WriteRejected("ethernet_ip.value", f"{tag.name}: {error}") from error
    if there.more or len(request) + _NUMBER > link.size:
        raise WriteRejected(
            "ethernet_ip.value", f"{tag.name}: the text is longer than a message to the controller may be"
        )
    if tag.type == "string":
        await _check_text(link, tag, target, there, request)
    try:
        refusal, _, _ = parse_answer(await link.ask(request), request[0])
    except ConnectError as error:
        raise ConnectError(error.code, f"{tag.name}: {error.message}; the outcome is unknown") from error
    except ValueError as error:
        link.refuse(f"{tag.name}: the controller sent {error}; the outcome is unknown")
    if refusal is not None:
        raise WriteRejected("ethernet_ip.refused", f"{tag.name}: the controller refuses the write ({refusal})")


async def _read(link: Link, tag: TagConfig, name: str) -> Data:
    try:
        answer = parse_data(await link.ask(pack(READ, path_of(name), "<H", 1)), READ, 1)
    except ValueError as error:
        link.refuse(f"the controller sent {error}")
    if isinstance(answer, Status):
        raise WriteRejected("ethernet_ip.refused", f"{tag.name}: the controller refuses the write ({answer})")
    return answer


def _request(path: bytes, tag: TagConfig, target: Target, there: Data, value: Value, encoding: str) -> bytes:
    """What writes the value. Raises ValueError where it does not fit."""
    if tag.type == "string":
        body = _text(tag, str(value), len(there.data), encoding)
        return pack(WRITE, path, "<HHH", STRUCTURE, there.handle, 1) + body
    kind = TYPES[there.code]
    if target.bit is not None:  # the controller sets one bit and leaves its neighbours alone
        mask = 1 << target.bit
        on = encode(value, "bool")[1]
        every = (1 << 8 * kind.size) - 1
        set_it, keep = (mask, every) if on else (0, every ^ mask)
        sides = set_it.to_bytes(kind.size, "little") + keep.to_bytes(kind.size, "little")
        return pack(MODIFY, path, "<H", kind.size) + sides
    plain = encode(value, tag.type, "DCBA")
    if there.code == BOOL:
        plain = plain[1:]
    elif kind.size == 1:
        low, high = (-128, 127) if kind.signed and tag.type == "int16" else (0, 255)
        if not low <= int(value) <= high:
            raise ValueError(f"{value} does not fit {kind.name}")
        plain = (int(value) & 0xFF).to_bytes(1, "little")
    return pack(WRITE, path, "<HH", there.code, 1) + plain


def _text(tag: TagConfig, value: str, size: int, encoding: str) -> bytes:
    body = value.encode(encoding)
    if len(body) > (tag.length or 0):
        raise ValueError(f"the text takes {len(body)} characters, the field has {tag.length}")
    if len(body) > size - TEXT_HEAD:
        raise ValueError(f"the text takes {len(body)} characters, the tag has room for {max(0, size - TEXT_HEAD)}")
    return struct.pack("<i", len(body)) + body.ljust(size - TEXT_HEAD, b"\0")


async def _check_text(link: Link, tag: TagConfig, target: Target, there: Data, request: bytes) -> None:
    """Whether it is a text with a place for the last character: what else is a structure must not be written over."""
    size = len(there.data)
    used = struct.unpack_from("<i", request, len(request) - size)[0]
    if there.handle == _STRING and size == _STRING_SIZE:
        if used > _STRING_MAX:
            raise WriteRejected("ethernet_ip.value", f"{tag.name}: the tag has no room for {used} characters")
        return
    name = target.at(target.element)
    for member, code in ((f"{name}.LEN", "DINT"), (f"{name}.DATA[{max(0, used - 1)}]", "SINT")):
        try:
            answer = parse_data(await link.ask(pack(READ, path_of(member), "<H", 1)), READ, 1)
        except ValueError as error:
            link.refuse(f"the controller sent {error}")
        if isinstance(answer, Status):
            raise WriteRejected(
                "ethernet_ip.value", f"{tag.name}: the tag has no room for {used} characters ({answer})"
            )
        if type_named(answer.code) != code:
            raise WriteRejected("ethernet_ip.type", f"{tag.name}: it is a structure and no text")
