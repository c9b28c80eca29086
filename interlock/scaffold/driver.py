"""The smallest driver that does something: a text protocol over TCP, one line per value, with its own test peer."""

from __future__ import annotations

import json

DRIVER = '''"""%(title)s: one text line per value over TCP (`? ADDRESS` → `= VALUE`). Replace the protocol."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from connectors.driver import Driver, Plan, PlanProblem, Reading
from schemas.errors import ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from schemas.wire.columns import columns

ADDRESSES = 1000


class %(pascal)sConfig(BaseModel):
    """Settings of a connection; `manifest.json` repeats them as JSON Schema."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(description="Host name or address of the device.")
    port: int = Field(default=9000, ge=1, le=65535, description="TCP port of the device.")
    timeout_ms: int = Field(default=1000, ge=10, le=60000, description="Longest wait for an answer.")


@dataclass(slots=True)
class %(pascal)sPlan(Plan):
    """Addresses to ask for, by index of the tag."""

    asked: tuple[tuple[int, str], ...] = ()


class %(pascal)sDriver(Driver[%(pascal)sConfig]):
    """One device that speaks the line protocol."""

    config_model = %(pascal)sConfig

    def __init__(self, config: %(pascal)sConfig) -> None:
        super().__init__(config)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connect(self) -> None:
        """Open the link; raises ConnectError."""
        try:
            async with asyncio.timeout(self.config.timeout_ms / 1000):
                self._streams = await asyncio.open_connection(self.config.host, self.config.port)
        except (OSError, TimeoutError) as error:
            raise ConnectError("connect.failed", f"{self.config.host}:{self.config.port}: {error}") from error

    def plan(self, tags: Sequence[TagConfig]) -> %(pascal)sPlan:
        """Check addresses and types once; the network is not touched."""
        asked, problems = [], []
        for index, tag in enumerate(tags):
            if not tag.address.isdecimal() or int(tag.address) >= ADDRESSES:
                hint = f"Write a number from 0 to {ADDRESSES - 1}."
                problems.append(PlanProblem(index, Quality.BAD_ADDRESS, f"no address: {tag.address}", hint))
            elif tag.type != "float64" or tag.bit is not None:
                problems.append(PlanProblem(index, Quality.TYPE_MISMATCH, "every value is a float64", "type: float64"))
            else:
                asked.append((index, tag.address))
        return %(pascal)sPlan(tuple(tags), tuple(problems), tuple(asked))

    async def read(self, plan: Plan) -> list[Reading]:
        """Every tag once, bad ones with their quality; raises ConnectError when the link is gone."""
        if not isinstance(plan, %(pascal)sPlan):
            raise TypeError("a plan of another driver")
        values = np.zeros(len(plan.tags))
        quality = np.zeros(len(plan.tags), dtype="u1")
        for problem in plan.problems:
            quality[problem.index] = problem.quality
        for index, address in plan.asked:
            answer = await self._ask(f"? {address}")
            if answer.startswith("= "):
                values[index] = float(answer[2:])
            else:
                quality[index] = Quality.BAD_ADDRESS
        now = np.full(len(plan.tags), time.time_ns() // 1000)
        return [Reading(columns("f", np.arange(len(plan.tags)), now, quality, values))]

    async def write(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Write one raw value; raises WriteRejected or ConnectError."""
        answer = await self._ask(f"= {tag.address} {float(value)}")
        if answer != "ok":
            raise WriteRejected("write.refused", f"the device refused {tag.address}: {answer[:80]}")

    async def close(self) -> None:
        """Close the link; never raises."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, line: str) -> str:
        if self._streams is None:
            raise ConnectError("connect.closed", "not connected")
        reader, writer = self._streams
        try:
            async with asyncio.timeout(self.config.timeout_ms / 1000):
                writer.write(f"{line}\\n".encode())
                await writer.drain()
                answer = await reader.readline()
        except (OSError, TimeoutError, ValueError) as error:
            raise ConnectError("connect.lost", f"no answer to {line!r}: {error}") from error
        if not answer.endswith(b"\\n"):
            raise ConnectError("connect.lost", "the device closed the link")
        return answer.decode("utf-8", "replace").strip()
'''

TEST = '''"""%(title)s against a peer that speaks its protocol over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from connectors.registry import configure, manifests
from schemas.errors import ConnectError, WriteRejected
from schemas.models.tag import TagConfig


class Peer:
    """The other end: values by address."""

    def __init__(self) -> None:
        self.values = {"1": 12.5, "2": -3.0}
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while line := (await reader.readline()).decode().split():
            match line:
                case ["?", address] if address in self.values:
                    answer = f"= {self.values[address]}"
                case ["=", address, value] if address in self.values:
                    self.values[address] = float(value)
                    answer = "ok"
                case _:
                    answer = "! unknown address"
            writer.write(f"{answer}\\n".encode())
        writer.close()


@asynccontextmanager
async def peer() -> AsyncIterator[Peer]:
    device = Peer()
    server = await asyncio.start_server(device.serve, "127.0.0.1", 0)
    device.port = server.sockets[0].getsockname()[1]
    try:
        yield device
    finally:
        server.close()
        for writer in device.writers:
            writer.close()


def tag(name: str, address: str) -> TagConfig:
    return TagConfig(name=name, address=address, type="float64")


def test_the_manifest_and_the_settings_agree() -> None:
    schema = manifests()["%(id)s"].config_schema
    model = type(configure("%(id)s", {"host": "x"}).config)
    assert set(schema["properties"]) == set(model.model_fields)


async def test_values_and_a_bad_address() -> None:
    async with peer() as device:
        driver = configure("%(id)s", {"host": "127.0.0.1", "port": device.port})
        await driver.connect()
        (reading,) = await driver.read(driver.plan([tag("a", "1"), tag("b", "2"), tag("c", "77"), tag("d", "x")]))
        assert reading.columns.v[:2].tolist() == [12.5, -3.0]
        assert reading.columns.q.tolist() == [0, 0, 132, 132]
        await driver.close()


async def test_a_write_and_a_refused_write() -> None:
    async with peer() as device:
        driver = configure("%(id)s", {"host": "127.0.0.1", "port": device.port})
        await driver.connect()
        await driver.write(tag("a", "1"), 7)
        assert device.values["1"] == 7.0
        with pytest.raises(WriteRejected):
            await driver.write(tag("z", "77"), 7)
        await driver.close()


async def test_a_lost_link_is_a_connect_error() -> None:
    async with peer() as device:
        driver = configure("%(id)s", {"host": "127.0.0.1", "port": device.port})
        await driver.connect()
        plan = driver.plan([tag("a", "1")])
        await driver.read(plan)
        device.writers[0].close()
        with pytest.raises(ConnectError):
            await driver.read(plan)
        await driver.close()
        await driver.close()
    with pytest.raises(ConnectError):
        await driver.connect()
'''


def words(name: str) -> str:
    """`my_protocol` as people read it."""
    return name.replace("_", " ").capitalize()


def manifest(name: str) -> dict[str, object]:
    """manifest.json; the form of `schemas/models/driver.py`."""
    integer = {"type": "integer"}
    return {
        "format": 1,
        "id": name,
        "name": {"en": words(name), "zh-CN": words(name)},
        "summary": {"en": "One text line per value over TCP.", "zh-CN": "TCP 文本协议,每行一个数值。"},
        "version": "0.1.0",
        "requires": [],
        "extra": "",
        "abilities": ["write"],
        "address_help": "A number from 0 to 999.",
        "config_schema": {
            "type": "object",
            "additionalProperties": False,
            "required": ["host"],
            "properties": {
                "host": {"type": "string", "description": "Host name or address of the device."},
                "port": integer
                | {"minimum": 1, "maximum": 65535, "default": 9000, "description": "TCP port of the device."},
                "timeout_ms": integer
                | {"minimum": 10, "maximum": 60000, "default": 1000, "description": "Longest wait for an answer."},
            },
        },
        "quality": {"tier": "bronze", "exempt": {}},
    }


def driver_files(name: str) -> dict[str, str]:
    """Files of a new driver by path in the repository."""
    folder = f"connectors/drivers/{name}"
    pascal = "".join(part.capitalize() for part in name.split("_"))
    filled = {"id": name, "pascal": pascal, "title": words(name)}
    return {
        f"{folder}/__init__.py": f'"""{words(name)}."""\n',
        f"{folder}/manifest.json": json.dumps(manifest(name), indent=2, ensure_ascii=False) + "\n",
        f"{folder}/driver.py": DRIVER % filled,
        f"tests/unit/connectors/test_{name}.py": TEST % filled,
    }
