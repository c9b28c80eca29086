"""Driver and controller for the tests of the EtherNet/IP driver."""

import contextlib

from connectors.drivers.ethernet_ip.testing.controller import Controller
from connectors.drivers.ethernet_ip.testing.tags import ATOMIC, STRING, structure
from connectors.registry import configure
from schemas.models.tag import TagConfig

__all__ = ["ATOMIC", "MOTOR", "SHORT_TEXT", "STRING", "Controller", "reading", "rows", "settings", "structure", "tag"]

DINT, INT, SINT, REAL, BOOL = (ATOMIC[name] for name in ("DINT", "INT", "SINT", "REAL", "BOOL"))
#: A text of five characters, filled up to twelve bytes.
SHORT_TEXT = structure("Text5", 0x201, 0x1A2B, [("LEN", DINT, 0), ("DATA", SINT, 5)])
MOTOR = structure(
    "Motor",
    0x202,
    0x3C4D,
    [
        ("Run", BOOL, 0), ("Alarm", BOOL, 0), ("Temp", REAL, 0), ("Name", STRING, 0), ("Steps", INT, 10),
        ("Gates", ATOMIC["DWORD"], 2), ("Mode", SINT, 0),
    ],
)  # fmt: skip


def tag(address, of="int32", **more):
    return TagConfig(name=more.pop("name", address), address=address, type=of, **more)


def settings(device, **config):
    return {"host": "127.0.0.1", "port": device.port, "timeout_ms": 1000, **config}


@contextlib.asynccontextmanager
async def reading(device, **config):
    """A connected driver."""
    driver = configure("ethernet_ip", settings(device, **config))
    await driver.connect()
    try:
        yield driver
    finally:
        await driver.close()


async def rows(driver, plan):
    """(value, quality) by tag name."""
    out = {}
    for read in await driver.read(plan):
        columns = read.columns
        for index, v, q in zip(columns.id.tolist(), columns.v.tolist(), columns.q.tolist(), strict=True):
            assert plan.tags[index].name not in out
            out[plan.tags[index].name] = (v, q)
    assert len(out) == len(plan.tags)
    return out
