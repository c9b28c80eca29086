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
        self.links = 0
        self.ssl = None
        self.answer = answer or self.usual
        self.port = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.ssl)
        self.port = self._server.sockets[0].getsockname()[1]
        self._writers = []
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await asyncio.sleep(0.01)  # a task that never ran closes nothing
        for writer in self._writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        await asyncio.sleep(0.01)

    def send(self, data):
        """Bytes that nobody asked for, on every link."""
        for writer in self._writers:
            writer.write(data)

    async def _serve(self, reader, writer):
        self._writers.append(writer)
        self.links += 1
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
                    if isinstance(part, float):
                        await asyncio.sleep(part)
                        continue
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


def crc(data):
    """CRC-16 of an RTU frame, bit by bit as the Modbus serial line guide has it; low byte first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return struct.pack("<H", value)


def rtu(unit, pdu):
    """An RTU frame."""
    return bytes([unit]) + pdu + crc(bytes([unit]) + pdu)


class RawRtuDevice(RawDevice):
    """The same with RTU frames, as behind a serial converter; it is asked to read only. `tid` is always 0."""

    async def _serve(self, reader, writer):
        self._writers.append(writer)
        self.links += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                request = await reader.readexactly(8)
                assert crc(request[:-2]) == request[-2:]
                self.requests.append(request[1:-2])
                for part in self.answer(0, request[0], request[1:-2]):
                    if isinstance(part, float):
                        await asyncio.sleep(part)
                    else:
                        # As a converter does: what comes goes to whoever is connected by then.
                        self._writers[-1].write(part)
                        await self._writers[-1].drain()
        writer.close()

    @staticmethod
    def usual(tid, unit, pdu):
        return [rtu(unit, reply_to(pdu))]
