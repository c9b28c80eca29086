"""A CPU of raw frames: it answers each request with the bytes a test gives it."""

import asyncio
import struct

ERROR_FREE = 0xFF


def tpkt(payload):
    return struct.pack(">BBH", 3, 0, len(payload) + 4) + payload


def data_frame(pdu):
    return tpkt(b"\x02\xf0\x80" + pdu)


def answer_to(request, parameters, data=b"", error=0):
    """An S7 answer with the reference of the request."""
    head = struct.pack(">BBH2sHHH", 0x32, 3, 0, request[4:6], len(parameters), len(data), error)
    return head + parameters + data


def refusal(request, error):
    return struct.pack(">BBH2sHHH", 0x32, 2, 0, request[4:6], 0, 0, error)


def items_of(request):
    """(area, block, first bit, transport, count) of each item of a read or write."""
    out = []
    for number in range(request[11]):
        _, _, _, kind, count, block, area, high, low = struct.unpack_from(">BBBBHHBBH", request, 12 + 12 * number)
        out.append((area, block, high << 16 | low, kind, count))
    return out


def read_items(items):
    """The data of a read answer: bytes are a good item, a number is a return code."""
    out = b""
    for number, item in enumerate(items):
        if isinstance(item, int):
            out += bytes([item, 0, 0, 0])
            continue
        out += struct.pack(">BBH", ERROR_FREE, 4, 8 * len(item)) + item
        if len(item) % 2 and number < len(items) - 1:
            out += b"\0"
    return out


def counting(request):
    """A right answer: every byte is the lowest eight bits of its address."""
    items = [bytes((bit // 8 + n) % 256 for n in range(count)) for _, _, bit, _, count in items_of(request)]
    return data_frame(answer_to(request, bytes([4, len(items)]), read_items(items)))


class RawCpu:
    """Sets up the connection unless told otherwise, then sends `answer(request)`; None is silence, b"" the end."""

    def __init__(self, answer=counting, *, transport=None, setup=None, pdu_size=240):
        self.answer, self.transport, self.setup, self.pdu_size = answer, transport, setup, pdu_size
        self.requests, self.transports = [], []
        self.connections = self.open_now = 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        self.tasks = set()
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await asyncio.sleep(0.01)  # a task that never ran closes nothing
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.sleep(0.01)

    async def _serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        self.connections += 1
        self.open_now += 1
        try:
            while True:
                head = await reader.readexactly(4)
                payload = await reader.readexactly(int.from_bytes(head[2:], "big") - 4)
                data = self._reply(payload)
                if data is None:
                    continue
                if data == b"":
                    break
                for part in data if isinstance(data, list) else [data]:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.05 if isinstance(data, list) else 0)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open_now -= 1
            writer.close()

    def _reply(self, payload):
        if payload[1] == 0xE0:
            self.transports.append(payload)
            return tpkt(b"\x06\xd0\x00\x01\x00\x01\x00") if self.transport is None else self.transport
        request = payload[3:]
        if request[10] == 0xF0:
            if self.setup is not None:
                return self.setup(request)
            wanted = int.from_bytes(request[16:18], "big")
            size = struct.pack(">H", min(wanted, self.pdu_size))
            return data_frame(answer_to(request, b"\xf0\x00\x00\x01\x00\x01" + size))
        self.requests.append(request)
        return self.answer(request)
