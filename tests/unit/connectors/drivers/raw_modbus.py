"""A Modbus TCP device made of raw frames, so that a test decides every byte of an answer."""

import asyncio
import struct
from contextlib import suppress


class RawDevice:
    """`answer(tid, unit, pdu) -> frames` gives the bytes to send; requests are kept in `requests`.

    By default registers hold their own address, and every third bit is on.
    """

    def __init__(self, answer=None):
        self.requests = []
        self.answer = answer or self.usual
        self.port = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._writers = []
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self._writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        await asyncio.sleep(0.01)

    async def _serve(self, reader, writer):
        self._writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(7)
                tid, _, length, unit = struct.unpack(">HHHB", head)
                pdu = await reader.readexactly(length - 1)
                self.requests.append(pdu)
                for part in self.answer(tid, unit, pdu):
                    if part is None:
                        writer.close()
                        return
                    writer.write(part)
                    await writer.drain()
        writer.close()

    @staticmethod
    def usual(tid, unit, pdu):
        return [frame(tid, unit, reply_to(pdu))]


def frame(tid, unit, pdu):
    return struct.pack(">HHHB", tid, 0, len(pdu) + 1, unit) + pdu


def exception(pdu, code):
    return bytes([pdu[0] | 0x80, code])


def asked(pdu):
    """Function, address and count of a read."""
    return struct.unpack(">BHH", pdu[:5])


def reply_to(pdu):
    function, address, count = asked(pdu)
    if function in (3, 4):
        return bytes([function, count * 2]) + struct.pack(f">{count}H", *range(address, address + count))
    if function in (1, 2):
        bits = [(address + i) % 3 == 0 for i in range(count)]
        packed = bytes(sum(bit << j for j, bit in enumerate(bits[i : i + 8])) for i in range(0, count, 8))
        return bytes([function, len(packed)]) + packed
    if function in (15, 16):
        return pdu[:5]
    return pdu
