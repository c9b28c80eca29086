"""An MQTT 3.1.1 server of a few lines that answers, and remembers each packet as it came: for what no broker tells."""

from __future__ import annotations

import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Final

CONNECT, PUBLISH, SUBSCRIBE, PINGREQ, DISCONNECT = 1, 3, 8, 12, 14
_NAMES: Final = {1: "CONNECT", 3: "PUBLISH", 8: "SUBSCRIBE", 12: "PINGREQ", 14: "DISCONNECT"}


@dataclass
class Packet:
    """A packet from a client; which members are set depends on its name (MQTT 3.1.1, chapter 3)."""

    name: str
    topic: str = ""
    payload: bytes = b""
    qos: int = 0
    retain: bool = False
    clean_session: bool = False
    level: int = 0
    topics: list[tuple[str, int]] = field(default_factory=list)


class MqttRecorder:
    """One listener on a free port; retained messages are given with `retained` to whoever subscribes."""

    def __init__(self, retained: dict[str, bytes] | None = None) -> None:
        self.packets: list[Packet] = []
        self._retained = retained or {}
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._clients: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for one in (self._server, *self._clients):
            one.close()

    def of(self, name: str) -> list[Packet]:
        return [packet for packet in list(self.packets) if packet.name == name]

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self._clients.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            stream = client.makefile("rb")
            while head := stream.read(1):
                size, shift = 0, 0
                while True:
                    byte = stream.read(1)[0]
                    size |= (byte & 0x7F) << shift
                    shift += 7
                    if byte < 0x80:
                        break
                self._take(client, head[0], stream.read(size))
        except (OSError, IndexError, struct.error, ValueError):
            return

    def _take(self, client: socket.socket, head: int, body: bytes) -> None:
        kind = head >> 4
        if kind == CONNECT:
            self.packets.append(_connect(body))
            client.sendall(b"\x20\x02\x00\x00")
        elif kind == SUBSCRIBE:
            topics, at = [], 2
            while at < len(body):
                text, at = _text(body, at)
                topics.append((text.decode(), body[at]))
                at += 1
            self.packets.append(Packet("SUBSCRIBE", topics=topics))
            client.sendall(bytes([0x90, 2 + len(topics)]) + body[:2] + bytes(qos for _, qos in topics))
            for topic, payload in self._retained.items():
                content = struct.pack(">H", len(topic)) + topic.encode() + payload
                client.sendall(bytes([0x31, len(content)]) + content)
        elif kind == PUBLISH:
            text, at = _text(body, 0)
            qos = head >> 1 & 3
            if qos:
                client.sendall(b"\x40\x02" + body[at : at + 2])
                at += 2
            self.packets.append(Packet("PUBLISH", text.decode(), body[at:], qos, bool(head & 1)))
        elif kind == PINGREQ:
            client.sendall(b"\xd0\x00")
        elif kind in _NAMES:
            self.packets.append(Packet(_NAMES[kind]))


def _text(body: bytes, at: int) -> tuple[bytes, int]:
    (size,) = struct.unpack_from(">H", body, at)
    return body[at + 2 : at + 2 + size], at + 2 + size


def _connect(body: bytes) -> Packet:
    _, at = _text(body, 0)
    level, flags = body[at], body[at + 1]
    _, at = _text(body, at + 4)  # the client id, after the keep-alive
    packet = Packet("CONNECT", level=level, clean_session=bool(flags & 2))
    if flags & 4:
        topic, at = _text(body, at)
        packet.payload, at = _text(body, at)
        packet.topic, packet.qos, packet.retain = topic.decode(), flags >> 3 & 3, bool(flags & 0x20)
    return packet
