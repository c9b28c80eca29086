"""A line: the one link over which the units of a converter, a gateway or a serial port are asked, one at a time.

Connections to the same port share its line. What is remembered of a unit is remembered by the line, so that it
outlives the driver object of a connection: how often it was silent, and whether an answer is still owed.

An RTU frame does not say which request it answers: one that comes late would be taken for the answer to the next
request of the same length. So after every doubt the link is made new (a serial port emptied), and the unit in
doubt is left alone until what it may still owe has come and been thrown away. A frame of another unit shows itself
by its unit number.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakKeyDictionary

from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from connectors.diagnostics.tap import Tap
from connectors.driver import URGENT
from connectors.modbus.client import LinkedClient
from connectors.modbus.turns import Turns
from schemas.errors import ConnectError, InterlockError

__all__ = ["SILENCE_MAX", "Call", "Line", "LinePort", "ReplyT", "shared_line"]

#: This many requests in a row without an answer: the unit is gone, not the address wrong.
SILENCE_MAX = 2
#: A silent unit is asked again after this many of its own timeouts, then twice as long, at most PAUSE_MAX_S: while
#: others on the line answer, it takes no more than a twentieth of their time.
PAUSE_TIMEOUTS = 20
PAUSE_MAX_S = 60.0
#: A unit that answered within this time is one that a silent one must not hold up.
ALIVE_S = 120.0
#: Longest time that an answer may be owed.
OWED_MAX_S = 5.0
#: A gateway says that it reached nobody, mostly after waiting in vain for as long as it thinks fit.
GATEWAY_EXCEPTIONS = frozenset({10, 11})
MORE_CAME = "more came than was asked for: what follows cannot be told apart"
NOT_OURS = "the device sent an answer that does not belong to the request"
_NOBODY = -1

#: What a call comes back with: a message, or the data of a right answer to a read.
ReplyT = TypeVar("ReplyT", bound=ModbusPDU | bytes)
Call = Callable[[LinkedClient], Awaitable[ReplyT]]


@dataclass(slots=True)
class _Unit:
    """What the line knows of a unit; times of the loop, s."""

    silences: int = 0
    answered_at: float | None = None
    owed_until: float = 0.0
    gateway_said: int | None = None


@dataclass(frozen=True, slots=True)
class LinePort:
    """How a line is opened: `name` for people, `make` a client that is not open, `explain` the error of a failure.

    `settings`: what all who share it must say alike. `rest_s`: silence between a frame and the next request;
    `char_s`: time one byte takes, 0 where the network is quick. `open_min_s`: patience with the opening itself.
    """

    name: str
    make: Callable[[], LinkedClient]
    explain: Callable[[Exception], InterlockError]
    rtu: bool = False
    settings: Mapping[str, object] = field(default_factory=dict)
    rest_s: float = 0.0
    char_s: float = 0.0
    open_min_s: float = 0.0


class Line:
    """Asks units one at a time; opens the link when it is needed and is not there."""

    def __init__(self, port: LinePort, rng: random.Random | None = None) -> None:
        self.port = port
        self.users = 0
        self._client: LinkedClient | None = None
        self._turns = Turns()
        self._units: dict[int, _Unit] = {}
        self._last_unit = _NOBODY
        self._failed: tuple[float, InterlockError] | None = None
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret

    @property
    def owes(self) -> bool:
        """Whether an answer may still come that nobody waits for."""
        now = _now()
        return any(unit.owed_until > now for unit in self._units.values())

    async def open(self, timeout_s: float) -> None:
        """Opens the link if it is not open. Raises what the port's `explain` makes of a failure."""
        came_at = _now()
        await self._turns.take()
        try:
            await self._opened(timeout_s, came_at)
        finally:
            self._turns.give()

    async def ask(
        self, unit: int, call: Call[ReplyT], timeout_s: float, answer_bytes: int = 256, *, tap: Tap
    ) -> ReplyT | None:
        """The reply, or None if the unit gave none in time, which counts as a silence. `tap` is told of it.

        Raises ConnectError where the link is gone, or cannot be trusted any longer.
        """
        state = self._unit(unit)
        came_at = _now()
        owed = self.port.rtu and state.owed_until > came_at
        if owed:
            await asyncio.sleep(state.owed_until - came_at)
        await self._turns.take(urgent=URGENT.get())
        try:
            client = await self._ready(unit, state, timeout_s, came_at, owed)
            client.wait_at_most(timeout_s + self.port.char_s * (answer_bytes + 8))
            self._last_unit = unit
            client.tap = tap
            return await self._asked(client, call, state, timeout_s, tap)
        finally:
            self._turns.give()

    async def _ready(self, unit: int, state: _Unit, timeout_s: float, came_at: float, owed: bool) -> LinkedClient:
        """The open link, without a byte on it that nobody asked for."""
        client = self._client
        if client is None or not client.connected:
            client = await self._opened(timeout_s, came_at)
        if client.unasked:
            self._drop()
            if self._last_unit in (unit, _NOBODY) and not owed:
                self._owe(state, timeout_s)
                raise self._gone(MORE_CAME)
            client = await self._opened(timeout_s, came_at)
        if self.port.rest_s:
            await self._rest(client)
        return client

    async def _asked(
        self, client: LinkedClient, call: Call[ReplyT], state: _Unit, timeout_s: float, tap: Tap
    ) -> ReplyT | None:
        began = tap.began()
        try:
            reply = await call(client)
        except (ConnectionException, OSError) as error:
            tap.broke(began)
            self._drop()
            raise self._gone(str(error)) from error
        except asyncio.CancelledError:
            tap.broke(began)
            # A question that is given up leaves its answer on the line.
            if self.port.rtu:
                self._doubt(state, timeout_s)
            raise
        except (TimeoutError, ModbusException):
            tap.timed_out(began)
            state.silences += 1
            state.gateway_said = None
            if not client.connected or client.half_read():
                self._doubt(state, timeout_s)
                raise self._gone("the link broke in an answer", self.pause_s(state, timeout_s)) from None
            if self.port.rtu:
                self._doubt(state, timeout_s)
            return None
        tap.answered(began)
        if client.unasked:
            self._doubt(state, timeout_s)
            raise self._gone(MORE_CAME)
        if isinstance(reply, ModbusPDU) and reply.transaction_id != client.ctx.request_transaction_id:
            self._doubt(state, timeout_s)
            raise self._gone(NOT_OURS)
        if isinstance(reply, ExceptionResponse) and reply.exception_code in GATEWAY_EXCEPTIONS:
            state.silences += 1
            state.gateway_said = reply.exception_code
            return reply
        state.silences, state.gateway_said, state.answered_at = 0, None, _now()
        return reply

    def silent(self, unit: int, timeout_s: float) -> ConnectError:
        """The error for a unit that does not answer. Where nobody else answers either, the link is made new."""
        state = self._unit(unit)
        pause_s = self.pause_s(state, timeout_s)
        again = f"; it is asked again in {pause_s:.0f} s" if pause_s >= 1 else ""
        if state.gateway_said is not None:
            said = f"unit {unit} does not answer the gateway (exception {state.gateway_said}){again}"
            return self._gone(said, pause_s)
        if not self._others_answer(state):
            self._drop()
        return self._gone(f"unit {unit} does not answer{again}", pause_s)

    def silences(self, unit: int) -> int:
        """Requests in a row without an answer."""
        return self._unit(unit).silences

    def distrust(self, unit: int, timeout_s: float) -> ConnectError:
        """The error after an answer to something else: whatever follows on this link cannot be trusted either."""
        self._doubt(self._unit(unit), timeout_s)
        return self._gone(NOT_OURS)

    def _unit(self, number: int) -> _Unit:
        unit = self._units.get(number)
        if unit is None:
            unit = self._units[number] = _Unit()
        return unit

    def release(self) -> None:
        """One user less; the last one closes the link."""
        self.users -= 1
        if self.users <= 0:
            self._close()

    def pause_s(self, state: _Unit, timeout_s: float) -> float:
        """How long a silent unit is left alone, s: growing, with jitter; 0 where it holds nobody up."""
        if state.silences < SILENCE_MAX or not self._others_answer(state):
            return 0.0
        pause_s = PAUSE_TIMEOUTS * timeout_s * 2 ** min(state.silences - SILENCE_MAX, 16)
        return float(min(pause_s, PAUSE_MAX_S) * self._rng.uniform(0.8, 1.0))

    def _others_answer(self, state: _Unit) -> bool:
        since = _now() - ALIVE_S
        return self.users > 1 and any(
            other is not state and other.silences == 0 and other.answered_at is not None and other.answered_at > since
            for other in self._units.values()
        )

    async def _opened(self, timeout_s: float, came_at: float) -> LinkedClient:
        if self._client is not None and self._client.connected:
            return self._client
        if self._failed is not None and self._failed[0] >= came_at:
            # It failed while we waited for our turn: thirty connections to a dead host must not fail in a row.
            raise self._failed[1]
        self._close()
        client = self.port.make()
        try:
            await client.open(max(timeout_s, self.port.open_min_s))
        except (OSError, ValueError) as error:
            client.close()
            explained = self.port.explain(error)
            self._failed = (_now(), explained)
            raise explained from error
        except BaseException:
            client.close()
            raise
        self._client = client
        return client

    async def _rest(self, client: LinkedClient) -> None:
        wait_s = client.heard_at + self.port.rest_s - _now()
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def _owe(self, state: _Unit, timeout_s: float) -> None:
        state.owed_until = _now() + min(timeout_s, OWED_MAX_S)

    def _doubt(self, state: _Unit, timeout_s: float) -> None:
        self._owe(state, timeout_s)
        self._drop()

    def _drop(self) -> None:
        client = self._client
        if client is not None and client.serial and client.connected:
            client.forget()
        else:
            self._close()

    def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _gone(self, reason: str, not_before_s: float = 0.0) -> ConnectError:
        return ConnectError("modbus.link", f"{self.port.name}: {reason}", not_before_s=not_before_s)


_LINES: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Line]] = WeakKeyDictionary()


def shared_line(key: Hashable, port: LinePort) -> Line:
    """The line of this key, with one user more. Raises ConnectError where others have it open in another way."""
    lines = _LINES.setdefault(asyncio.get_running_loop(), {})
    for idle in [at for at, line in lines.items() if line.users <= 0 and not line.owes]:
        del lines[idle]
    line = lines.get(key)
    if line is not None and line.users > 0 and dict(line.port.settings) != dict(port.settings):
        raise ConnectError(
            "modbus.line_settings",
            f"{port.name} is open with other settings for another connection",
            hint="Give all connections on this line the same settings.",
        )
    if line is None:
        line = lines[key] = Line(port)
    line.port = port
    line.users += 1
    return line


def _now() -> float:
    return asyncio.get_running_loop().time()
