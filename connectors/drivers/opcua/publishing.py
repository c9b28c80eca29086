"""The publish requests of one session: a few always wait at the server, their answers go to their subscriptions.

OPC UA Part 4, §5.14.5. A server can only tell what happens while a request of ours waits there.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

from asyncua import Client, ua
from asyncua.common.utils import Buffer

from connectors.drivers.opcua.notifications import Message, message_of_publish, message_of_republish
from connectors.drivers.opcua.session import GONE, reason
from schemas.errors import ConnectError

__all__ = ["Inbox", "Publishing"]

#: Messages that wait for their reader before no more are asked for.
_WAITING_MAX: Final = 16
_WAITING_REQUESTS_MAX: Final = 8


class Inbox:
    """Messages of one subscription, each with the time it arrived (µs UTC)."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[Message, int] | ConnectError] = asyncio.Queue(_WAITING_MAX)
        self._broken: ConnectError | None = None

    async def put(self, message: Message, arrived: int) -> None:
        """Waits while the reader is behind."""
        await self._queue.put((message, arrived))

    def fail(self, error: ConnectError) -> None:
        """What is in the box is still read; then the error."""
        self._broken = error
        if self._queue.empty():
            self._queue.put_nowait(error)

    async def get(self, limit_s: float) -> tuple[Message, int]:
        """The next message; raises ConnectError when there will be none, TimeoutError after `limit_s`."""
        if self._broken is not None and self._queue.empty():
            raise self._broken
        async with asyncio.timeout(limit_s):
            got = await self._queue.get()
        if isinstance(got, ConnectError):
            raise got
        return got


class Publishing:
    """Keeps one request more at the server than there are subscriptions."""

    def __init__(self, client: Client, endpoint: str) -> None:
        self._client = client
        self._endpoint = endpoint
        self._inboxes: dict[int, Inbox] = {}
        self._acks: list[ua.SubscriptionAcknowledgement] = []
        self._requests: set[asyncio.Task[None]] = set()
        self._requests_max = _WAITING_REQUESTS_MAX
        self._error: ConnectError | None = None

    def open(self, subscription: int) -> Inbox:
        """A box for the subscription's messages."""
        inbox = self._inboxes[subscription] = Inbox()
        if self._error is not None:
            inbox.fail(self._error)
            return inbox
        while len(self._requests) < min(len(self._inboxes) + 1, self._requests_max):
            task = asyncio.create_task(self._publish())
            self._requests.add(task)
            task.add_done_callback(self._requests.discard)
        return inbox

    def close(self, subscription: int) -> None:
        """Its messages are of no use any more."""
        self._inboxes.pop(subscription, None)

    async def stop(self) -> None:
        """Asks for no more."""
        tasks = list(self._requests)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._fail(ConnectError("opcua.link", f"no session with {self._endpoint}"))

    async def republish(self, subscription: int, number: int) -> Message | None:
        """A message that was missed; None where the server has it no more. Raises ConnectError."""
        request = ua.RepublishRequest()
        request.Parameters.SubscriptionId = subscription
        request.Parameters.RetransmitSequenceNumber = number
        try:
            message = message_of_republish(await self._send(request), subscription)
        except ua.UaStatusCodeError:
            return None
        except GONE as error:
            raise ConnectError("opcua.link", f"{self._endpoint}: {reason(error)}") from error
        if message.number != number:  # some servers answer with an empty message
            return None
        self._acks.append(ua.SubscriptionAcknowledgement(subscription, number))
        return message

    async def _publish(self) -> None:
        try:
            while self._inboxes:
                await self._one()
        except ua.uaerrors.BadTooManyPublishRequests:
            self._requests_max = max(1, len(self._requests) - 1)
            if self._requests_max == 1 and len(self._requests) == 1:
                self._fail(ConnectError("opcua.publish", f"{self._endpoint} takes no publish request"))
        except ConnectError as error:
            self._fail(error)
        except GONE as error:
            self._fail(ConnectError("opcua.link", f"{self._endpoint}: {reason(error)}"))

    async def _one(self) -> None:
        acks, self._acks = self._acks, []
        request = ua.PublishRequest()
        request.Parameters.SubscriptionAcknowledgements = acks
        try:
            answer = await self._send(request, 0)
        except ua.uaerrors.BadTimeout:
            return
        arrived = time.time_ns() // 1000
        message = message_of_publish(answer)
        if not message.keep_alive:
            self._acks.append(ua.SubscriptionAcknowledgement(message.subscription, message.number))
        inbox = self._inboxes.get(message.subscription)
        if inbox is not None:
            await inbox.put(message, arrived)

    async def _send(self, request: ua.PublishRequest | ua.RepublishRequest, timeout_s: float | None = None) -> Buffer:
        protocol = self._client.uaclient.protocol
        if protocol is None:
            raise ConnectError("opcua.link", f"no session with {self._endpoint}")
        return await protocol.send_request(request, timeout_s)

    def _fail(self, error: ConnectError) -> None:
        self._error = self._error or error
        for inbox in self._inboxes.values():
            inbox.fail(error)
