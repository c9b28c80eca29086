"""S7 driver against a CPU of raw frames, and against the library's own server where memory is needed."""

import struct

import pytest
from snap7.type import SrvArea

from schemas.errors import WriteRejected
from schemas.quality import Quality

from .raw_s7 import RawCpu, answer_to, counting, data_frame, items_of, read_items, refusal
from .s7_cpu import Memory, reading, rows, tag

DB, FLAGS = 0x84, 0x83
BAD_ADDRESS, GOOD = Quality.BAD_ADDRESS, Quality.GOOD


VECTORS = [
    # address, type, tag's more, value; the block's bytes are below
    ("DB1.DBX0.0", "bool", {}, True),
    ("DB1.DBX0.1", "bool", {}, False),
    ("DB1.DBX0.7", "bool", {}, True),
    ("DB1.DBB0", "uint16", {}, 0x81),
    ("DB1.DBB0", "int16", {"name": "unsigned"}, 0x81),
    ("DB1.DBB0:SINT", "int16", {}, -127),
    ("DB1.DBB1:SINT", "int16", {}, 0x23),
    ("DB1.DBB0", "uint16", {"bit": 7, "name": "bit of byte"}, True),
    ("DB1.DBW0", "uint16", {"bit": 8, "name": "bit of word"}, True),
    ("DB1.DBW0", "uint16", {"bit": 2, "name": "bit of word 2"}, False),
    ("DB1.DBW0", "uint16", {}, 0x8123),
    ("DB1.DBW0:INT", "int16", {}, 0x8123 - 0x10000),
    ("DB1.DBW1", "uint16", {}, 0x2345),
    ("DB1.DBD1", "uint32", {}, 0x23456789),
    ("DB1.DBW0", "uint16", {"order": "BADC", "name": "swapped"}, 0x2381),
    ("DB1.DBD0", "uint32", {"order": "CDAB", "name": "words swapped"}, 0x45678123),
    ("DB1.DBD0:DINT", "int32", {}, 0x81234567 - 2**32),
    ("DB1.REAL8", "float32", {}, -1.5),
    ("DB1.LREAL12", "float64", {}, 0.1),
    ("DB1.LINT0", "int64", {}, 0x81234567_89ABCDEF - 2**64),
    ("DB1.DBX0.0:LWORD", "uint64", {}, 0x81234567_89ABCDEF),
    ("DB1.STRING20", "string", {"length": 6}, "Ölstand"[:6]),
    ("DB1.WSTRING30", "string", {"length": 4}, "温度"),
    ("DB1.TIME44", "int32", {}, 90_000),
    ("MW1", "uint16", {}, 0x0203),
    ("I0.2", "bool", {}, True),
    ("QB1", "uint16", {}, 7),
]
BYTES = (
    bytes.fromhex("8123456789abcdef")
    + struct.pack(">fd", -1.5, 0.1)
    + b"\x06\x06\xd6lstan\0\0"
    + b"\x00\x04\x00\x02"
    + "温度".encode("utf-16-be")
    + b"\xaa" * 6
    + struct.pack(">i", 90_000)
)


async def test_decode_vectors_of_every_type_and_area():
    assert BYTES[30:34] == b"\0\4\0\2"
    async with Memory(DB1=BYTES, MK=bytes(range(1, 9)), PE=b"\x04", PA=b"\0\7") as cpu, reading(cpu) as driver:
        plan = driver.plan([tag(address, of, **more) for address, of, more, _ in VECTORS])
        assert not plan.problems
        for _ in range(2):
            got = await rows(driver, plan)
            for address, _of, more, value in VECTORS:
                assert got[more.get("name", address)] == (value, GOOD), address


async def test_texts_of_a_cpu_are_not_trusted():
    block = bytearray(300)
    block[0:6] = b"\x0a\x04a\x1b[m"  # control characters
    block[20:24] = b"\x02\x09xx"  # longer than its longest: no string is here
    block[30:40] = b"\x08\x08abcdefgh"  # more than the tag takes
    block[50:290] = b"\xee\xee" + bytes([65 + n % 26 for n in range(238)])  # longer than a message
    names = {"DB1.STRING0": 10, "DB1.STRING20": 4, "DB1.STRING30": 5, "DB1.STRING50": 238}
    async with Memory(DB1=block) as cpu, reading(cpu, pdu_size_max=240) as driver:
        plan = driver.plan([tag(name, "string", length=length) for name, length in names.items()])
        got = await rows(driver, plan)
        assert got["DB1.STRING0"] == ("a [m", Quality.UNCERTAIN)
        assert got["DB1.STRING20"] == ("", Quality.TYPE_MISMATCH)
        assert got["DB1.STRING30"] == ("abcde", Quality.UNCERTAIN)
        assert got["DB1.STRING50"][0] == block[52:290].decode()


async def test_neighbours_share_ranges_and_messages():
    tags = [tag(f"DB1.DBW{n}") for n in range(0, 100, 2)] + [tag(f"DB{n}.DBW0") for n in range(2, 30)]
    async with RawCpu() as cpu, reading(cpu) as driver:
        plan = driver.plan(tags)
        got = await rows(driver, plan)
    assert got["DB1.DBW98"] == (98 * 256 + 99, GOOD)
    # 29 ranges, 19 of which a request of 240 bytes can name
    assert [[item[4] for item in items_of(request)] for request in cpu.requests] == [[100, *[2] * 18], [2] * 10]
    assert cpu.transports[0].endswith(b"\xc2\x02\x01\x01\xc0\x01\x0a")


async def test_wrong_addresses_are_isolated_named_and_asked_for_again():
    good = [tag(f"DB1.DBW{n}") for n in range(0, 40, 2)]
    wrong = [tag("DB1.DBW40"), tag("DB1.DBD38:DINT", "int32"), tag("DB2.DBW0"), tag("DB2.DBW2"), tag("M0.0", "bool")]
    async with Memory(DB1=bytes(range(40))) as cpu, reading(cpu) as driver:
        plan = driver.plan([*wrong[:2], *good, *wrong[2:]])
        for cycle in range(3):
            got = await rows(driver, plan)
            assert {name for name, (_, q) in got.items() if q} == {one.name for one in wrong}, cycle
            assert {got[one.name][1] for one in wrong} == {BAD_ADDRESS}
            assert all(got[f"DB1.DBW{n}"][0] == n * 256 + n + 1 for n in range(0, 40, 2))
        assert sum(one.refused is None for one in plan.ranges) == 1  # the good ones share a range again
        facts = await driver.probe()
        assert "optimised block access" in facts["refused DB2 bytes 0 to 1"]
        assert "beyond the end" in facts["refused DB1 bytes 40 to 41"]
        # The block is downloaded: its tags are good when they are asked for again.
        cpu.server.register_area(SrvArea.DB, 2, bytearray(b"\0\1\0\2"))
        assert (await rows(driver, plan))["DB2.DBW2"][1] == BAD_ADDRESS
        for one in plan.ranges:
            one.ask_at = 0.0
        for _ in range(2):
            got = await rows(driver, plan)
            assert (got["DB2.DBW0"], got["DB2.DBW2"]) == ((1, GOOD), (2, GOOD))
            assert got["DB1.DBW40"][1] == BAD_ADDRESS
        assert sum(one.refused is None for one in plan.ranges) == 2


async def test_a_block_that_is_away_does_not_cost_more_requests_than_it_has_to():
    tags = [tag("DB1.DBW0")] + [tag(f"DB2.DBW{n}") for n in range(0, 1000, 2)]

    def without_block_2(request):
        items = [bytes(count) if block == 1 else 0x0A for _, block, _, _, count in items_of(request)]
        return data_frame(answer_to(request, bytes([4, len(items)]), read_items(items)))

    async with RawCpu(without_block_2, pdu_size=960) as cpu, reading(cpu) as driver:
        plan = driver.plan(tags)
        for _ in range(6):
            got = await rows(driver, plan)
            assert [name for name, (_, q) in got.items() if not q] == ["DB1.DBW0"]
        cpu.requests.clear()
        await rows(driver, plan)
        assert len(cpu.requests) == 1


async def test_a_range_read_along_that_the_cpu_refuses_is_left_out_from_then_on():
    def hole(request):
        items = []
        for _, _, bit, _, count in items_of(request):
            items.append(0x05 if bit // 8 <= 5 < bit // 8 + count else bytes(count))
        return data_frame(answer_to(request, bytes([4, len(items)]), read_items(items)))

    async with RawCpu(hole) as cpu, reading(cpu) as driver:
        plan = driver.plan([tag("IW0"), tag("IW8")])
        for _ in range(2):
            assert {q for _, q in (await rows(driver, plan)).values()} == {GOOD}
        assert [len(items_of(request)) for request in cpu.requests] == [1, 2, 2]


async def test_a_cpu_that_refuses_a_whole_message_for_one_item_in_it():
    def whole(request):
        if any(block == 2 for _, block, _, _, _ in items_of(request)):
            return data_frame(refusal(request, 0x8701))
        return counting(request)

    async with RawCpu(whole) as cpu, reading(cpu) as driver:
        plan = driver.plan([tag("DB1.DBW0"), tag("DB2.DBW0"), tag("DB3.DBW2")])
        for _ in range(2):
            got = await rows(driver, plan)
            assert got == {"DB1.DBW0": (1, GOOD), "DB2.DBW0": (0, BAD_ADDRESS), "DB3.DBW2": (0x0203, GOOD)}
        assert [len(items_of(request)) for request in cpu.requests] == [3, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("code", "quality"),
    [(0x01, 131), (0x03, 138), (0x05, 132), (0x06, 139), (0x07, 139), (0x0A, 132), (0x77, 131)],
)
async def test_return_codes_become_quality(code, quality):
    def answer(request):
        return data_frame(answer_to(request, b"\x04\x01", bytes([code, 0, 0, 0])))

    async with RawCpu(answer) as cpu, reading(cpu) as driver:
        assert (await rows(driver, driver.plan([tag("DB1.DBW0")])))["DB1.DBW0"] == (0, quality)


async def test_another_cpu_behind_the_same_address_with_smaller_messages():
    async with RawCpu(pdu_size=480) as large, RawCpu(pdu_size=128) as small:
        tags = [tag(f"DB1.DBW{n}") for n in range(0, 400, 2)]
        async with reading(large) as driver:
            plan = driver.plan(tags)
            await rows(driver, plan)
            assert [one.block.count for one in plan.ranges] == [400]
        async with reading(small) as driver:
            got = await rows(driver, plan)
            assert [one.block.count for one in plan.ranges] == [110, 110, 110, 70]
        assert len(large.requests) == 1
        assert max(count for request in small.requests for *_, count in items_of(request)) <= 110
        assert got["DB1.DBW300"] == ((300 % 256) * 256 + 301 % 256, GOOD)


async def test_what_is_written_and_what_is_not():
    def accept(request):
        return data_frame(answer_to(request, b"\x05\x01", b"\xff")) if request[10] == 5 else counting(request)

    async with RawCpu(accept) as cpu, reading(cpu) as driver:
        await driver.write(tag("DB1.DBX2.5", "bool"), True)
        assert items_of(cpu.requests[-1]) == [(DB, 1, 2 * 8 + 5, 1, 1)]  # one bit; its neighbours are not touched
        assert cpu.requests[-1][-5:] == b"\0\x03\0\x01\x01"
        await driver.write(tag("MB3:SINT"), -2)
        assert cpu.requests[-1][-1:] == b"\xfe"
        assert items_of(cpu.requests[-1]) == [(FLAGS, 0, 24, 2, 1)]
        await driver.write(tag("QB3", "bool"), True)
        await driver.write(tag("DB1.REAL3", "float32"), -1.5)
        assert cpu.requests[-1][-4:] == struct.pack(">f", -1.5)
        await driver.write(tag("DB1.DBW0", order="BADC"), 1)
        assert cpu.requests[-1][-2:] == b"\1\0"
        written = len(cpu.requests)
        refused = [
            (tag("IW0"), 1, "inputs"),
            (tag("DB1.DBW0", bit=1), True, "a bit of a word"),
            (tag("DB1.DBB0"), 256, "does not fit"),
            (tag("DB1.DBB0"), -1, "does not fit"),
            (tag("DB1.SINT0"), 128, "does not fit SINT"),
            (tag("DB1.DBX0.0", "bool"), "on", "text"),
            (tag("DB1.LINT0", "int64"), float("inf"), "not a whole number"),
            (tag("DB1.LINT0", "int64"), float("nan"), "not a whole number"),
            (tag("DB1.STRING0", "string", length=3), "four", "takes 4"),
            (tag("DB1.STRING0", "string", length=3), "温度", "encode"),
            (tag("DB1.STRING0", "string", length=230), "x" * 230, "longer than a message"),
            (tag("nonsense"), 1, "no S7 address"),
        ]
        for one, value, why in refused:
            with pytest.raises(WriteRejected, match=why):
                await driver.write(one, value)
        assert len(cpu.requests) == written


async def test_a_text_is_written_only_where_the_block_has_room_for_it():
    block = bytearray(b"\xaa" * 40)
    block[0:6], block[10:14] = b"\x04\x00\0\0\0\0", b"\0\5\0\0"
    async with Memory(DB1=block) as cpu, reading(cpu) as driver:
        short, wide = tag("DB1.STRING0", "string", length=10), tag("DB1.WSTRING10", "string", length=10)
        await driver.write(short, "Öl 1")
        await driver.write(wide, "温度1")
        memory = cpu.areas["DB1"]
        assert bytes(memory[:8]) == b"\x04\x04\xd6l 1\xaa\xaa"
        assert bytes(memory[10:20]) == b"\0\5\0\3" + "温度1".encode("utf-16-be")
        before = bytes(memory)
        for one in (short, wide):
            with pytest.raises(WriteRejected, match="has room for"):
                await driver.write(one, "abcdef")
        assert bytes(memory) == before
        with pytest.raises(WriteRejected, match="does not exist"):
            await driver.write(tag("DB7.STRING0", "string", length=4), "a")


async def test_a_cpu_tells_its_name_and_one_that_does_not_is_no_error():
    def names(request):
        records = [(1, b"SIMATIC 300"), (5, b"S C-X4U421302009"), (7, b"CPU 315-2 PN/DP\x1b[1m"), (8, b"MMC")]
        body = b"".join(struct.pack(">H32s", number, text) for number, text in records)
        data = struct.pack(">HHHH", 0x1C, 0, 34, len(records)) + body
        data = struct.pack(">BBH", 0xFF, 9, len(data)) + data
        parameters = bytes.fromhex("000112081284010100000000")
        head = struct.pack(">BBH2sHH", 0x32, 7, 0, request[4:6], len(parameters), len(data))
        return data_frame(head + parameters + data)

    for answer, known in (
        (names, {"name": "SIMATIC 300", "serial_number": "S C-X4U421302009", "model": "CPU 315-2 PN/DP[1m"}),
        (lambda request: data_frame(refusal(request, 0x8104)), {"model": "not told"}),
    ):
        async with RawCpu(answer) as cpu, reading(cpu) as driver:
            facts = await driver.probe()
            assert facts == {"endpoint": f"127.0.0.1:{cpu.port}", "rack_slot": "0/1", "pdu_size": "240"} | known
