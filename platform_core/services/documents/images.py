"""Pictures of apps: what they are is read from their bytes, never from a header; their name is their hash."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from platform_core.services.documents.svg import clean_svg
from platform_core.services.refusals import Refusal, refusal

SIZE_MAX_BYTES = 1_900_000
SIDE_MAX_PX = 8192
PIXELS_MAX = 32_000_000
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs", b"sBIT", b"bKGD"}
_JPEG_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: its name is `<sha256 of content>.<kind>`; width and height in px."""

    name: str
    content: bytes
    width: int
    height: int

    @property
    def media_type(self) -> str:
        """MIME type."""
        return MEDIA_TYPES[self.name.rpartition(".")[2]]


def read_picture(content: bytes) -> Picture:
    """A picture made harmless.

    Raises ``ConfigError``: ``media.kind``, ``media.size``, ``media.broken`` or ``media.svg``.
    """
    if len(content) > SIZE_MAX_BYTES:
        raise refusal("media.size/bytes", max=SIZE_MAX_BYTES)
    if content.startswith(_PNG):
        kept, kind = _png(content), "png"
        width, height = struct.unpack(">II", kept[16:24])
    elif content.startswith(b"\xff\xd8\xff"):
        kept, kind, (width, height) = content, "jpg", _jpeg_size(content)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kept, kind, (width, height) = _webp(content), "webp", _webp_size(content)
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        svg = clean_svg(content)
        kept, kind, width, height = svg.content, "svg", svg.width, svg.height
    else:
        raise refusal("media.kind")
    if not (1 <= width <= SIDE_MAX_PX and 1 <= height <= SIDE_MAX_PX and width * height <= PIXELS_MAX):
        raise refusal("media.size/sides", side=SIDE_MAX_PX, pixels=PIXELS_MAX)
    return Picture(f"{hashlib.sha256(kept).hexdigest()}.{kind}", kept, width, height)


def check_picture(name: str, content: bytes) -> Picture:
    """A picture that says who it is: the name must be that of its content, and the content harmless as it is."""
    picture = read_picture(content)
    if picture.name != name or picture.content != content:
        raise refusal("media.name", name=name)
    return picture


def _broken(kind: str) -> Refusal:
    return refusal("media.broken", kind=kind)


def _png(content: bytes) -> bytes:
    """Only the chunks that draw, up to the end; each checked by its CRC."""
    kept = [_PNG]
    kinds = []
    for kind, chunk in _png_chunks(content):
        kinds.append(kind)
        if kind in _PNG_KEPT:
            kept.append(chunk)
        elif not kind[0] & 0x20:  # a critical chunk that is not known
            raise _broken("PNG")
        if kind == b"IEND":
            break
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise _broken("PNG")
    return b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at + 12 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        end = at + 12 + length
        if end > len(content):
            raise _broken("PNG")
        kind = content[at + 4 : at + 8]
        (crc,) = struct.unpack(">I", content[end - 4 : end])
        if zlib.crc32(content[at + 4 : end - 4]) != crc or (kind == b"IHDR" and length != 13):
            raise _broken("PNG")
        yield kind, content[at:end]
        at = end


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content):
        if content[at] != 0xFF:
            raise _broken("JPEG")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        if marker in (0xD9, 0xDA):
            break
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        at += 2 + length
    raise _broken("JPEG")


def _webp(content: bytes) -> bytes:
    (length,) = struct.unpack("<I", content[4:8])
    if length + 8 > len(content) or length < 22:
        raise _broken("WebP")
    return content[: length + 8]


def _webp_size(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if len(content) < 30:
        raise _broken("WebP")
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise _broken("WebP")
