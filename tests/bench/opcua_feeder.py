"""`python -m tests.bench.opcua_feeder NODES`: asyncua's server, with the answers to large reads prepared.

The library encodes each answer anew, some 15 µs a value, so that it cannot keep a fast client busy. Here the first
answer to a request is kept as bytes; later ones are a copy of it in which every value is the number of the answer.
Prints its port, and ends when its input ends.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import numpy as np
from asyncua import Server, ua
from asyncua.server.uaprocessor import UaProcessor
from asyncua.ua.ua_binary import nodeid_from_binary, struct_from_binary, struct_to_binary

URI = "urn:test:plant"
PREPARED_FROM = 100
_VALUE_AT, _VALUE_SIZE = 2, 8  # in a result: mask, type, the double, times


def prepare() -> None:
    """Lets the server answer large reads from what it answered before."""
    process, send = UaProcessor.process_message, UaProcessor.send_response
    known: dict[bytes, tuple[bytearray, int, int]] = {}
    asked: list[bytes] = []
    count = 0

    async def process_message(self: UaProcessor, sequence: Any, body: Any) -> Any:
        nonlocal count
        rest = body.copy()
        if nodeid_from_binary(rest) != ua.NodeId(ua.ObjectIds.ReadRequest_Encoding_DefaultBinary):
            return await process(self, sequence, body)
        header = struct_from_binary(ua.RequestHeader, rest)
        question = bytes(rest)
        if question not in known:
            asked.append(question)
            return await process(self, sequence, body)
        answer, size, nodes = known[question]
        count += 1
        answer[12:16] = header.RequestHandle.to_bytes(4, "little")
        _results(answer, size, nodes)[:, _VALUE_AT : _VALUE_AT + _VALUE_SIZE] = np.array([count], "<f8").view("u1")
        connection = self._connection
        self._transport.write(connection.message_to_binary(bytes(answer), request_id=sequence.RequestId))
        return True

    def send_response(self: UaProcessor, handle: int, sequence: Any, response: Any, *more: Any) -> None:
        send(self, handle, sequence, response, *more)
        if asked and isinstance(response, ua.ReadResponse):
            question = asked.pop()
            if len(response.Results) >= PREPARED_FROM:
                whole, nodes = bytearray(struct_to_binary(response)), len(response.Results)
                known[question] = whole, len(struct_to_binary(response.Results[0])), nodes

    UaProcessor.process_message, UaProcessor.send_response = process_message, send_response


def _results(answer: bytearray, size: int, nodes: int) -> np.ndarray:
    """The results as rows of bytes; after them only the (absent) diagnostics, 4 bytes."""
    start = len(answer) - 4 - size * nodes
    return np.frombuffer(answer, dtype="u1", offset=start, count=size * nodes).reshape(nodes, size)


async def serve(nodes: int) -> None:
    """Serves `nodes` doubles until the input ends."""
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/plant/")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    server.disable_clock()
    index = await server.register_namespace(URI)
    for number in range(nodes):
        if number % 500 == 0:  # the library is quadratic in the variables of one folder
            folder = await server.nodes.objects.add_folder(index, f"Line{number // 500}")
        await folder.add_variable(ua.NodeId(f"v{number}", index), f"{index}:v{number}", float(number))
    await server.start()
    print(server.bserver._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()


if __name__ == "__main__":
    prepare()
    asyncio.run(serve(int(sys.argv[1])))
