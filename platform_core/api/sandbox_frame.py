"""What a frame of a third-party block gets from the platform: its address, its page, its headers, its scripts.

The frame has no origin (``sandbox allow-scripts``), so it has no cookies, no storage and no way to the page around it;
its policy lets it load the files of its own block and version from here, and nothing from anywhere else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Protocol

from platform_core.api.web_files import WebFiles

PATH = "/sandbox/"
FRAME_FILE = "frame.html"
BRIDGE_FILE = "bridge.js"
#: Where the build puts what is served; never served by its own name.
FOLDER = "sandbox_blocks/"

#: A built-in block has its version in its address, an installed one the hash of its files.
_ADDRESS = re.compile(
    r"/sandbox/(?P<block>[a-z0-9][a-z0-9_.-]{0,79})/"
    r"(?P<version>[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}|(?P<hash>[0-9a-f]{64}))/"
    r"(?P<file>[A-Za-z0-9_]{1,60}\.(html|js|css))"
)
_HOST = re.compile(r"[a-z0-9.:\[\]_-]{1,255}", re.IGNORECASE)

#: No connection, no picture, no font, no frame, no form, no worker. Styles may be made by the script.
_POLICY = (
    "default-src 'none'; script-src {files}; style-src {files} 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-scripts"
)
_NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
_DENIED = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "clipboard-write", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip

#: Content policies say nothing about WebRTC, which reaches any address. Every realm a frame can make runs one of these
#: scripts first (its policy allows no other), and finds the interfaces gone.
_PRELUDE = (
    b"for (const name of Object.getOwnPropertyNames(globalThis)) "
    b"if (/RTC|^PresentationRequest$|^WebTransport$/.test(name)) delete globalThis[name];\n"
)
_PAGE = (
    b'<!doctype html><html><head><meta charset="utf-8"><title>Block</title>'
    b'<script src="bridge.js" crossorigin></script></head><body><div id="root"></div></body></html>'
)


@dataclass(frozen=True, slots=True)
class FrameFile:
    """A file as it is sent."""

    content: bytes
    media_type: str


class InstalledCode(Protocol):
    """Where the files of installed blocks of other makers are."""

    def is_installed(self, block: str, digest: str) -> bool:
        """Whether a block with these files is there."""

    def code(self, block: str, digest: str, name: str) -> bytes | None:
        """One script or style of it; None when it has none of this name."""


def file_of(web: WebFiles, installed: InstalledCode, path: str) -> FrameFile | None:
    """The file at an address under ``/sandbox/``; None when there is none, or the version is not the installed one."""
    address = _ADDRESS.fullmatch(path)
    if address is None:
        return None
    block, digest, name = address["block"], address["hash"], address["file"]
    if not (installed.is_installed(block, digest) if digest else _is_built_in(web, block, address["version"])):
        return None
    if name == FRAME_FILE:
        return FrameFile(_PAGE, "text/html; charset=utf-8")
    if name.endswith(".html"):
        return None
    if name == BRIDGE_FILE:
        content = _content(web, FOLDER + BRIDGE_FILE)
    elif digest:
        content = installed.code(block, digest, name)
    else:
        content = _content(web, f"{FOLDER}{block}/{address['version']}/{name}")
    if content is None:
        return None
    is_script = name.endswith(".js")
    media_type = "text/javascript" if is_script else "text/css"
    return FrameFile((_PRELUDE if is_script else b"") + content, f"{media_type}; charset=utf-8")


def headers_of(path: str, host: str, *, is_page: bool, is_tls: bool) -> dict[str, str]:
    """The headers that make a frame what it is; for anything else under ``/sandbox/`` nothing is allowed."""
    address = _ADDRESS.fullmatch(path)
    files = ""
    if address is not None and is_page and _HOST.fullmatch(host):
        scheme = "https" if is_tls else "http"
        files = f"{scheme}://{host}/sandbox/{address['block']}/{address['version']}/"
    return {
        "Content-Security-Policy": _POLICY.format(files=files) if files else _NOTHING,
        # Without an origin of its own the frame asks as a stranger, by CORS: only so is it told its scripts' errors.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        # Without it a browser puts all frames without origin into one process, where one that loops stops the others.
        "Document-Isolation-Policy": "isolate-and-require-corp",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _DENIED),
        "X-DNS-Prefetch-Control": "off",
        "X-Frame-Options": "SAMEORIGIN" if files else "DENY",
    }


def _content(web: WebFiles, path: str) -> bytes | None:
    found = web.find(path)
    return None if found is None else found.content


def _is_built_in(web: WebFiles, block: str, version: str) -> bool:
    manifest = web.find(f"components/{block}.json")
    if manifest is None:
        return False
    told = json.loads(manifest.content)
    isolation = told.get("runtime", {}).get("isolation")
    return bool(isolation == "iframe" and told.get("version") == version)
