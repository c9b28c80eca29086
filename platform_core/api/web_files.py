"""The built web app, served from an exact list of its files.

The folder is listed once (and again when its ``index.html`` changes); a request is looked up in that list, so no path,
however written, reaches a file that is not in it. Links that lead out of the folder are not listed.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import threading
import time
from dataclasses import dataclass
from pathlib import Path

INDEX = "index.html"
NONCE_MARK = b"__CSP_NONCE__"
IMMUTABLE_FOLDER = "assets/"
RECHECK_S = 1.0
COMPRESS_MIN_BYTES = 1024
FILE_MAX_BYTES = 32 << 20
FILES_MAX = 20_000
_TEXT_TYPES = ("text/", "application/json", "application/javascript", "image/svg+xml", "application/manifest+json")
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
}


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file as it is sent. ``encoded`` maps a content encoding to the bytes made by it."""

    content: bytes
    media_type: str
    etag: str
    is_immutable: bool
    encoded: dict[str, bytes]


class WebFiles:
    """The files of a folder, read when first asked for, then kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._paths: dict[str, Path] = {}
        self._files: dict[str, WebFile] = {}
        self._listed_for: int | None = None
        self._checked_s = -RECHECK_S

    def find(self, path: str) -> WebFile | None:
        """The file with exactly this relative path, None when there is none."""
        with self._lock:
            self._refresh()
            if path not in self._paths:
                return None
            if path not in self._files:
                self._files[path] = _read(self._paths[path], path)
            return self._files[path]

    def _refresh(self) -> None:
        now_s = time.monotonic()
        if now_s - self._checked_s < RECHECK_S:
            return
        self._checked_s = now_s
        try:
            stamp: int | None = (self.folder / INDEX).stat().st_mtime_ns
        except OSError:
            stamp = None
        if stamp != self._listed_for or not self._paths:
            self._listed_for = stamp
            self._files.clear()
            self._paths = _listed(self.folder)


def _listed(folder: Path) -> dict[str, Path]:
    root = folder.resolve()
    paths: dict[str, Path] = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        is_hidden = any(part.startswith(".") for part in name.split("/"))
        if is_hidden or path.suffix in (".gz", ".br", ".map") or not path.is_file():
            continue
        if path.resolve().is_relative_to(root) and path.stat().st_size <= FILE_MAX_BYTES:
            paths[name] = path
        if len(paths) >= FILES_MAX:
            break
    return paths


def _read(path: Path, name: str) -> WebFile:
    content = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    encoded: dict[str, bytes] = {}
    if media_type.startswith(_TEXT_TYPES) and len(content) >= COMPRESS_MIN_BYTES and name != INDEX:
        for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
            ready = path.with_name(path.name + suffix)
            if ready.is_file():
                encoded[encoding] = ready.read_bytes()
        encoded.setdefault("gzip", gzip.compress(content, 9, mtime=0))
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return WebFile(content, media_type, etag, name.startswith(IMMUTABLE_FOLDER), encoded)
