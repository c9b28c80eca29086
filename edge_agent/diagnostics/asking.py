"""The asking side of the local door, for commands."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from edge_agent.diagnostics.local_door import FILE, HOST, KEY_HEADER
from schemas.errors import InterlockError

ASK_TIMEOUT_S: Final = 10.0
#: Batches are written again, each part with an fsync of its own.
TELL_TIMEOUT_S: Final = 60.0


def ask_agent(data_dir: Path, *path: str, **query: str) -> str:
    """What the agent that runs in this data folder answers. Raises InterlockError where none runs."""
    return ask_bytes(data_dir, *path, **query).decode()


def ask_bytes(data_dir: Path, *path: str, **query: str) -> bytes:
    """As `ask_agent`, for what is no text."""
    return _asked(data_dir, path, query, None)


def tell_agent(data_dir: Path, *path: str, **content: Any) -> Any:
    """Has the running agent do something; its answer. Raises InterlockError."""
    return json.loads(_asked(data_dir, path, {}, json.dumps(content).encode()))


def _asked(data_dir: Path, path: Sequence[str], query: Mapping[str, str], body: bytes | None) -> bytes:
    try:
        place = json.loads((data_dir / FILE).read_text("utf-8"))
        address, key = str(place["address"]), str(place["key"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _none_runs(data_dir) from error
    if not address.startswith(f"{HOST}:"):
        raise _none_runs(data_dir)
    url = f"http://{address}/{'/'.join(quote(part, safe='') for part in path)}?{urlencode(query)}"
    request = urllib.request.Request(url, body, headers={KEY_HEADER: key})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=ASK_TIMEOUT_S if body is None else TELL_TIMEOUT_S) as answer:
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            reason = error.read(300).decode("utf-8", "replace").strip()
        raise InterlockError("agent.asked", f"the agent refuses: {reason}") from error
    except TimeoutError as error:
        raise InterlockError(
            "agent.slow", "the agent has not answered in time", hint="It may still do it: look again in a while."
        ) from error
    except (OSError, http.client.HTTPException) as error:  # killed, so that its file is still there
        raise _none_runs(data_dir) from error
    return content


def _none_runs(data_dir: Path) -> InterlockError:
    return InterlockError(
        "agent.not_running", f"no agent runs with the data folder {data_dir}",
        hint="Start it with: edge-agent run; or give its configuration with -c FILE.",
    )  # fmt: skip
