"""The services of the test's controller: Read, Write and Modify Tag, several in one, its list of tags, templates."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable
from typing import Final

from connectors.drivers.ethernet_ip.testing.tags import (
    BEYOND,
    DENIED,
    WRONG_TYPE,
    Place,
    Refusal,
    Structure,
    Tag,
    Tags,
)  # fmt: skip

__all__ = ["Path", "Services", "parse_path", "reply"]

#: Names and element numbers, and what is asked of a class: `class`, `instance`.
Path = tuple[list[str | int], dict[str, int]]
_LOGICAL: Final = {0x20: "class", 0x24: "instance", 0x28: "element", 0x30: "attribute"}
_MESSAGE_ROUTER: Final = 0x02
_SYMBOLS: Final = 0x6B
_TEMPLATES: Final = 0x6C
_PARTIAL: Final = 0x06
_EMBEDDED: Final = 0x1E


def parse_path(data: bytes) -> Path:
    """A padded EPATH. Raises Refusal."""
    names: list[str | int] = []
    logical: dict[str, int] = {}
    at = 0
    while at < len(data):
        kind = data[at]
        if kind == 0x91:
            size = data[at + 1]
            names.append(data[at + 2 : at + 2 + size].decode("ascii"))
            at += 2 + size + size % 2
        elif kind & 0xFC in _LOGICAL and kind & 3 < 3:
            form = ("<B", "<H", "<I")[kind & 3]
            start = at + (1 if kind & 3 == 0 else 2)  # a longer number comes after a pad byte
            value = struct.unpack_from(form, data, start)[0]
            at = start + struct.calcsize(form)
            name = _LOGICAL[kind & 0xFC]
            if name == "element":
                names.append(value)
            else:
                logical[name] = value
        else:
            raise Refusal(0x04)
    return names, logical


def reply(service: int, status: int, extended: int | None = None, data: bytes = b"") -> bytes:
    """A message router's answer."""
    more = b"" if extended is None else struct.pack("<H", extended)
    return bytes([service | 0x80, 0, status, len(more) // 2]) + more + data


class Services:
    """Answers in at most `room` bytes; `forced` statuses, by a tag's name in small letters, go before everything."""

    def __init__(self, tags: Tags) -> None:
        self.tags = tags
        self.forced: dict[str, tuple[int, int | None]] = {}
        self.without: set[int] = set()
        self.program_name = "Press_Line"

    def serve(self, request: bytes, room: int) -> bytes:
        """The answer to one request."""
        service, words = request[0], request[1]
        path, body = request[2 : 2 + 2 * words], request[2 + 2 * words :]
        try:
            if service in self.without:
                raise Refusal(0x08)
            names, logical = parse_path(path)
            return self._serve(service, names, logical, body, room)
        except Refusal as refusal:
            return reply(service, refusal.status, refusal.extended)
        except (struct.error, IndexError):
            return reply(service, 0x13)

    def _serve(self, service: int, names: list[str | int], logical: dict[str, int], body: bytes, room: int) -> bytes:
        kind = logical.get("class")
        if kind == _SYMBOLS and service == 0x55:
            return self._list(names, logical, body, room)
        if kind == _TEMPLATES and service in (0x03, 0x4C):
            return self._template(service, logical["instance"], body, room)
        if kind == _MESSAGE_ROUTER and service == 0x0A:
            return self._several(body, room)
        if kind == 0x01 and service == 0x01:
            return reply(service, 0, None, identity())
        if kind == 0x64 and service == 0x01:
            name = self.program_name.encode("ascii")
            return reply(service, 0, None, struct.pack("<H", len(name)) + name)
        answers: dict[int, Callable[[Place, bytes, int], bytes]] = {
            0x4C: self._read, 0x52: self._read_on, 0x4D: self._write, 0x4E: self._modify,
        }  # fmt: skip
        if kind == _SYMBOLS:  # a tag by its number in the list
            names, kind = [self._named(logical["instance"]), *names], None
        if kind is not None or service not in answers:
            raise Refusal(0x08 if kind is None else 0x05)
        forced = self.forced.get(_written(names))
        if forced is not None:
            raise Refusal(*forced)
        return answers[service](self.tags.find(names), body, room)

    def _read(self, place: Place, body: bytes, room: int) -> bytes:
        return _some(0x4C, place, struct.unpack("<H", body)[0], 0, room)

    def _read_on(self, place: Place, body: bytes, room: int) -> bytes:
        count, offset = struct.unpack("<HI", body)
        return _some(0x52, place, count, offset, room)

    def _write(self, place: Place, body: bytes, room: int) -> bytes:
        _check_access(place)
        mark = _mark(place)
        if body[: len(mark)] != mark:
            raise Refusal(*WRONG_TYPE)
        count = struct.unpack_from("<H", body, len(mark))[0]
        data = body[len(mark) + 2 :]
        if count > place.left:
            raise Refusal(*BEYOND)
        if len(data) != count * place.type.size:
            raise Refusal(0x13 if len(data) < count * place.type.size else 0x15)
        if place.bit is not None:
            memory, mask = place.tag.memory, 1 << place.bit
            memory[place.at] = memory[place.at] & ~mask | (mask if data[0] else 0)
        else:
            place.tag.memory[place.at : place.at + len(data)] = data
        return reply(0x4D, 0)

    def _modify(self, place: Place, body: bytes, room: int) -> bytes:
        _check_access(place)
        size = struct.unpack_from("<H", body)[0]
        if size != place.type.size or len(body) != 2 + 2 * size:
            raise Refusal(0x03)
        for number in range(size):
            kept = place.tag.memory[place.at + number] | body[2 + number]
            place.tag.memory[place.at + number] = kept & body[2 + size + number]
        return reply(0x4E, 0)

    def _several(self, body: bytes, room: int) -> bytes:
        count = struct.unpack_from("<H", body)[0]
        starts = [*struct.unpack_from(f"<{count}H", body, 2), len(body)]
        left = room - 6 - 2 * count
        answers: list[bytes] = []
        for start, end in itertools.pairwise(starts):
            answers.append(self.serve(body[start:end], max(8, left)))
            left -= len(answers[-1])
        if left < 0:
            raise Refusal(0x11)
        at, places = 2 + 2 * count, []
        for answer in answers:
            places.append(at)
            at += len(answer)
        status = _EMBEDDED if any(answer[2] for answer in answers) else 0
        return reply(0x0A, status, None, struct.pack(f"<H{count}H", count, *places) + b"".join(answers))

    def _list(self, names: list[str | int], logical: dict[str, int], body: bytes, room: int) -> bytes:
        """Symbols from an instance on, each with the attributes asked for."""
        count = struct.unpack_from("<H", body)[0]
        wanted = struct.unpack_from(f"<{count}H", body, 2)
        out = b""
        for instance, tag in self._symbols(str(names[0]) if names else ""):
            if instance < logical["instance"]:
                continue
            row = struct.pack("<I", instance) + b"".join(_attribute(tag, one) for one in wanted)
            if len(out) + len(row) + 4 > room:
                return reply(0x55, _PARTIAL, None, out)
            out += row
        return reply(0x55, 0, None, out)

    def _symbols(self, program: str) -> list[tuple[int, Tag]]:
        """Instances count on in steps, as in a controller where something was deleted; programs are symbols too."""
        inside = f"{program.lower()}." if program else ""
        found: dict[str, Tag] = {}
        for key, tag in self.tags.all.items():
            head, dot, rest = tag.name.partition(".")
            if program and key.startswith(inside):
                found[rest] = Tag(rest, tag.type, tag.dims, tag.access, tag.memory)
            elif not program:
                found[head] = Tag(head, tag.type, () if dot else tag.dims, tag.access, tag.memory)
        if program and not found:
            raise Refusal(0x05)
        return [(1 + 3 * number, tag) for number, tag in enumerate(found.values())]

    def _named(self, instance: int) -> str:
        for number, tag in self._symbols(""):
            if number == instance:
                return tag.name
        raise Refusal(0x05)

    def _template(self, service: int, instance: int, body: bytes, room: int) -> bytes:
        known: dict[int, Structure] = {}
        for tag in self.tags.all.values():
            _collect(tag.type, known)
        if instance not in known:
            raise Refusal(0x05)
        of = known[instance]
        definition = _definition(of)
        if service == 0x03:
            words = (len(definition) + 23 + 3) // 4
            values = (4, 4, 0, words, 5, 0, of.size, 2, 0, len(of.members), 1, 0, of.handle)
            return reply(service, 0, None, struct.pack("<HHHIHHIHHHHHH", *values))
        offset, size = struct.unpack("<iH", body)
        whole = definition[offset : offset + size]
        part = whole[: room - 4]
        return reply(service, _PARTIAL if len(part) < len(whole) else 0, None, part)


def identity() -> bytes:
    """Of the controller: vendor, device, product, revision, status, serial number, name."""
    name = b"1756-L83E/B"
    return struct.pack("<HHHBBHI", 1, 14, 166, 33, 11, 0x3060, 0x00C0FFEE) + bytes([len(name)]) + name


def _written(names: list[str | int]) -> str:
    """As addresses are written: `motor[2].temp`."""
    text = ""
    for name in names:
        text += f"[{name}]" if isinstance(name, int) else f".{name.lower()}"
    return text[1:]


def _check_access(place: Place) -> None:
    if place.tag.access != "rw":
        raise Refusal(*DENIED)


def _mark(place: Place) -> bytes:
    """How data says its type."""
    if isinstance(place.type, Structure):
        return struct.pack("<HH", 0x02A0, place.type.handle)
    return struct.pack("<H", place.type.code)


def _some(service: int, place: Place, count: int, offset: int, room: int) -> bytes:
    if not 1 <= count <= place.left:
        raise Refusal(*BEYOND)
    if place.bit is not None:
        data = bytes([place.tag.memory[place.at] >> place.bit & 1])
    else:
        data = bytes(place.tag.memory[place.at : place.at + count * place.type.size])
    if offset > len(data):
        raise Refusal(*BEYOND)
    mark = _mark(place)
    # A whole number of elements, or of double words of a long structure.
    step = place.type.size if not isinstance(place.type, Structure) else 4
    fits = max(step, (room - 4 - len(mark)) // step * step)
    part = data[offset : offset + fits]
    return reply(service, _PARTIAL if offset + len(part) < len(data) else 0, None, mark + part)


def _attribute(tag: Tag, number: int) -> bytes:
    dims = (*tag.dims, 0, 0, 0)[:3]
    if number == 1:
        return struct.pack("<H", len(tag.name)) + tag.name.encode("ascii")
    if number == 2:
        of = tag.type
        symbol = 0x8000 | of.template if isinstance(of, Structure) else of.code
        return struct.pack("<H", symbol | len(tag.dims) << 13)
    if number == 8:
        return struct.pack("<III", *dims)
    if number == 10:
        return bytes([{"rw": 0, "r": 2, "none": 3}[tag.access]])
    return struct.pack("<I", 1 << 26 if number == 6 else 0)


def _collect(of: object, known: dict[int, Structure]) -> None:
    if isinstance(of, Structure):
        known[of.template] = of
        for member in of.members:
            _collect(member.type, known)


def _definition(of: Structure) -> bytes:
    """Two bytes of array size or bit, two of type, four of offset for each member; then the names."""
    rows = b""
    for one in of.members:
        code = 0x8000 | one.type.template if isinstance(one.type, Structure) else one.type.code
        code |= 0x2000 if one.array else 0
        rows += struct.pack("<HHI", one.array if one.bit is None else one.bit, code, one.offset)
    names = [f"{of.name};n", *(one.name for one in of.members)]
    return rows + b"".join(name.encode("ascii") + b"\0" for name in names)
