"""`edge-agent read`: every connection once, values with quality, as a table or JSON."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from edge_agent.config import LoadedConfig, make_driver
from edge_agent.plain_words import counted
from edge_agent.read_now import Value, values_of
from schemas.errors import InterlockError, sentences
from schemas.models.connection import ConnectionConfig
from schemas.quality import BAD_FROM, label

TIMEOUT_S = 30.0


@dataclass(slots=True)
class ConnectionRead:
    """One connection: its values, or why there are none."""

    connection: str
    values: list[Value] = field(default_factory=list)
    error: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    """What the device says against tags that it refuses, by name."""


async def read_once(loaded: LoadedConfig, only: Sequence[str] = ()) -> list[ConnectionRead]:
    """Reads all (or the named) connections at the same time; an unreachable one is a result too."""
    chosen = [one for one in loaded.config.connections if not only or one.id in only]
    return list(await asyncio.gather(*(_read(connection) for connection in chosen)))


async def _read(connection: ConnectionConfig) -> ConnectionRead:
    result = ConnectionRead(connection.id)
    driver = make_driver(connection)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await driver.connect()
            plan = driver.plan(connection.tags)
            readings = await driver.read(plan)
    except TimeoutError:
        result.error = f"no answer within {TIMEOUT_S:g} s"
        return result
    except InterlockError as error:
        result.error = sentences(error.message, error.hint)
        return result
    finally:
        await driver.close()
    result.values = values_of(connection.tags, readings)
    result.remarks = {connection.tags[at].name: said for at, said in plan.remarks.items()}
    return result


def as_json(results: Sequence[ConnectionRead]) -> str:
    """Machine-readable form of a read."""
    content = [
        {
            "connection": result.connection, "error": result.error,
            "values": [
                {
                    "tag": one.tag.name, "address": one.tag.address, "v": one.value, "q": one.quality,
                    "quality": label(one.quality), "unit": one.tag.unit, "ts": one.ts,
                    **({"said": result.remarks[one.tag.name]} if one.tag.name in result.remarks else {}),
                }
                for one in result.values
            ],
        }
        for result in results
    ]  # fmt: skip
    return json.dumps(content, ensure_ascii=False, indent=1)


def as_table(results: Sequence[ConnectionRead]) -> str:
    """The values for people, one connection after the other."""
    lines: list[str] = []
    for result in results:
        bad = sum(one.quality >= BAD_FROM for one in result.values)
        state = result.error or f"{counted(len(result.values), 'value')}, {bad} bad"
        lines += [f"{result.connection}: {state}"]
        rows: list[tuple[str, ...]] = [("tag", "value", "unit", "quality", "address")]
        rows += [_row(one, result.remarks.get(one.tag.name, "")) for one in result.values]
        lines += _aligned(rows) if result.values else []
    return "\n".join(lines)


def _row(one: Value, said: str) -> tuple[str, ...]:
    address = f"{one.tag.address}  {said}".rstrip()
    return one.tag.name, _shown(one), one.tag.unit, label(one.quality), address


def _shown(one: Value) -> str:
    if one.value is None:
        return "-"
    text = one.tag.texts.get(str(int(one.value)) if isinstance(one.value, (bool, int)) else str(one.value))
    if isinstance(one.value, float):
        shown = f"{one.value:.{one.tag.decimals}f}" if one.tag.decimals is not None else f"{one.value:.7g}"
    elif isinstance(one.value, str):
        # A text from a device is shown, never obeyed: no control characters reach the terminal.
        shown = "".join(ch if unicodedata.category(ch)[0] != "C" else "�" for ch in one.value)
    else:
        shown = str(one.value)
    return f"{shown} ({text})" if text else shown


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
