"""Frames in words, and what is never in them."""

from __future__ import annotations

import random

import pytest

from connectors.diagnostics.frames import Frame
from connectors.diagnostics.tap import Tap
from connectors.drivers.http_json import frames as http_frames
from connectors.drivers.s7 import frames as s7_frames
from connectors.modbus.crc import crc16
from connectors.modbus.trace import FrameTrace
from connectors.modbus.words import read_rtu, read_tcp


def frame(way: str, text: str) -> Frame:
    data = bytes.fromhex(text)
    return Frame(0, way, data, len(data))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_hex", "answer_hex", "asked", "answered"),
    [
        ("000100000006 01 03 0063 0002", "000100000007 01 03 04 41200000", "#1 unit 1 read holding:99-100 (2)",
         "#1 unit 1 holding:99-100 (2) = 4120 0000"),
        ("000200000006 05 01 0007 0009", "000200000005 05 01 02 8301", "#2 unit 5 read coil:7-15 (9)",
         "#2 unit 5 coil:7-15 (9) = 1100000110000000"),
        ("000300000006 01 04 0000 0001", "000300000003 01 84 02", "#3 unit 1 read input:0",
         "#3 unit 1 EXCEPTION 2 illegal data address to read input:0"),
        ("000400000006 01 06 0005 00FF", "000400000006 01 06 0005 00FF", "#4 unit 1 write holding:5 := 0x00FF",
         "#4 unit 1 done to write holding:5"),
        ("000500000006 01 05 0005 FF00", "000500000003 01 85 06", "#5 unit 1 write coil:5 := on",
         "#5 unit 1 EXCEPTION 6 device busy to write coil:5"),
        ("00060000000b 01 10 0005 0002 04 00010002", "000600000006 01 10 0005 0002",
         "#6 unit 1 write holding:5-6 (2) := 0001 0002", "#6 unit 1 done to write holding:5-6 (2)"),
    ],
)  # fmt: skip
def test_modbus_tcp_in_words(request_hex: str, answer_hex: str, asked: str, answered: str) -> None:
    assert read_tcp([frame("sent", request_hex), frame("received", answer_hex)]) == [asked, answered]


def test_an_answer_to_nothing_that_was_asked_is_told_without_addresses() -> None:
    assert read_tcp([frame("received", "000900000005 01 03 02 0007")]) == ["#9 unit 1 holding = 0007"]


def test_a_cut_frame_is_named_as_one() -> None:
    (said,) = read_tcp([frame("received", "000900000007 01 03 04 0007")])
    assert "where 13 were announced" in said


def test_modbus_rtu_in_words_and_a_wrong_crc_is_named() -> None:
    request, answer = bytes.fromhex("0103 0000 0001"), bytes.fromhex("0103 02 0007")
    rows = [Frame(0, "sent", request + crc16(request), 8), Frame(0, "received", answer + crc16(answer), 7)]
    assert read_rtu(rows) == ["unit 1 read holding:0", "unit 1 holding:0 = 0007"]
    assert read_rtu([Frame(0, "received", answer + b"\0\0", 7)])[0].endswith("CRC wrong")


def test_rubbish_never_ends_the_reading() -> None:
    rng = random.Random(3)
    rows = [Frame(0, rng.choice(["sent", "received"]), rng.randbytes(rng.randrange(40)), 0) for _ in range(3000)]
    rows += [Frame(0, row.way, b"\0\1\0\0" + row.data, 0) for row in rows]
    rows += [Frame(0, row.way, b"\x32" + row.data[:1] + bytes([1]) + row.data[2:], 0) for row in rows[:3000]]
    for read in (read_tcp, read_rtu, s7_frames.in_words, http_frames.in_words):
        assert len(read(rows)) == len(rows)


def test_s7_in_words() -> None:
    job = "3201 0000 0007 000e 0000 04 01 12 0a 10 02 0004 0005 84 000050"
    answer = "3203 0000 0007 0002 0008 0000 04 01 ff 04 0020 41200000"
    missing = "3203 0000 0007 0002 0004 0000 04 01 0a 00 0000"
    said = s7_frames.in_words([frame("sent", job), frame("received", answer), frame("received", missing)])
    assert said[0] == "#7 read DB5 bytes 10-13"
    assert said[1] == "#7 read answered, 1 items 41 20 00 00"
    assert "does not exist" in said[2]


def test_requests_over_http_are_kept_without_any_header_value_or_query_value() -> None:
    kept = http_frames.asked("/api?token=s3cret&unit=7#x", {"Authorization": "Basic c2VjcmV0", "X-Key": "hunter2"})
    assert kept == b"GET /api?token=***&unit=***#x\nAuthorization: ***\nX-Key: ***"


def test_a_frame_that_comes_in_pieces_is_kept_once() -> None:
    tap, trace = Tap(10_000), FrameTrace()
    trace.show(tap, True, b"ask1")
    trace.show(tap, False, b"ab")
    trace.show(tap, False, b"abcd")  # pymodbus shows what came before again
    trace.show(tap, True, b"ask2")
    trace.show(tap, False, b"abcd")
    trace.show(tap, False, b"abcd")  # a second answer of the same bytes
    assert tap.ring is not None
    assert [row.data for row in tap.ring.frames()] == [b"ask1", b"ab", b"cd", b"ask2", b"abcd", b"abcd"]
