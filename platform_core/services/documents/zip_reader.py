"""Reading a package that anybody may have made: every limit is checked before, and again while, it is unpacked.

Only the names of an app's files are taken, spelled exactly so: a path that leads out, an absolute one, a drive, a
backslash, a look-alike letter, a link or a name given twice is none of them.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from platform_core.services.refusals import refusal

PACKAGE_MAX_BYTES = 32 << 20
CONTENT_MAX_BYTES = 96 << 20
ENTRY_MAX_BYTES = 2 << 20
ENTRIES_MAX = 1600
RATIO_MAX = 250
RATIO_FROM_BYTES = 64 << 10
NAME_LENGTH_MAX = 100
DIRECTORY_MAX_BYTES = 512 << 10
_CHUNK = 64 << 10
_END = b"PK\x05\x06"
_END_SIZE = 22
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """How much a package may hold, and of what it is the package."""

    package_bytes: int = PACKAGE_MAX_BYTES
    content_bytes: int = CONTENT_MAX_BYTES
    entries: int = ENTRIES_MAX
    what: Literal["app", "block"] = "app"


APP_LIMITS = ZipLimits()


def read_zip(content: bytes, is_known: Callable[[str], bool], limits: ZipLimits = APP_LIMITS) -> dict[str, bytes]:
    """Name → bytes of all entries. Raises ``ConfigError`` (``package.*``) before anything is unpacked, where it can."""
    if len(content) > limits.package_bytes:
        raise refusal("package.size/package", mib=limits.package_bytes >> 20)
    _check_directory(content, limits)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, UnicodeDecodeError, NotImplementedError) as error:
        raise refusal("package.damaged/zip") from error
    with archive:
        entries = archive.infolist()
        _check_entries(entries, is_known, limits)
        files: dict[str, bytes] = {}
        left = limits.content_bytes
        for entry in entries:
            files[entry.filename] = _unpacked(archive, entry, min(left, ENTRY_MAX_BYTES))
            left -= len(files[entry.filename])
    return files


def _check_directory(content: bytes, limits: ZipLimits) -> None:
    """The directory's size before it is parsed: a million entries fit in a small file."""
    at = content.rfind(_END, max(0, len(content) - _END_SIZE - 0xFFFF))
    if at < 0 or at + _END_SIZE > len(content):
        raise refusal("package.damaged/zip")
    disk, start_disk, here, count, size, offset, comment = struct.unpack("<4H2IH", content[at + 4 : at + _END_SIZE])
    if comment or at + _END_SIZE != len(content):
        raise refusal("package.damaged/end")
    if disk or start_disk or here != count or offset + size != at:
        raise refusal("package.damaged/directory")
    if count > limits.entries or size > DIRECTORY_MAX_BYTES:
        raise refusal("package.entries", max=limits.entries)


def _check_entries(entries: list[zipfile.ZipInfo], is_known: Callable[[str], bool], limits: ZipLimits) -> None:
    if len(entries) > limits.entries:
        raise refusal("package.entries", max=limits.entries)
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if name != entry.orig_filename or len(name) > NAME_LENGTH_MAX or not is_known(name):
            key = "package.name/app" if limits.what == "app" else "package.name/block"
            raise refusal(key, name=name[:NAME_LENGTH_MAX])
        if name in seen:
            raise refusal("package.name/twice", name=name)
        seen.add(name)
        mode = entry.external_attr >> 16
        if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
            raise refusal("package.link", name=name)
        if entry.flag_bits & 0x1 or entry.compress_type not in _METHODS:
            raise refusal("package.damaged/method", name=name)
        if entry.file_size > ENTRY_MAX_BYTES:
            raise refusal("package.size/entry", name=name, mib=ENTRY_MAX_BYTES >> 20)
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > RATIO_MAX * max(1, entry.compress_size):
            raise refusal("package.ratio", name=name, ratio=RATIO_MAX)
    if sum(entry.file_size for entry in entries) > limits.content_bytes:
        raise refusal("package.size/content", mib=limits.content_bytes >> 20)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """An entry, read in pieces: what it says of its size is not believed."""
    parts: list[bytes] = []
    size = 0
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > most or size > entry.file_size:
                    raise refusal("package.size/lie", name=entry.filename)
                parts.append(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise refusal("package.damaged/entry", name=entry.filename) from error
    return b"".join(parts)
