"""EtherNet/IP driver against a controller of our own: values, isolation, messages, writes, lists of tags."""

import asyncio
import struct

import pytest
from pycomm3 import LogixDriver

from edge_agent.commissioning.browse import browse_tree, tags_of
from schemas.errors import WriteRejected
from schemas.quality import Quality

from .logix import ATOMIC, MOTOR, SHORT_TEXT, STRING, Controller, reading, rows, structure, tag

BAD_ADDRESS, GOOD, MISMATCH = Quality.BAD_ADDRESS, Quality.GOOD, Quality.TYPE_MISMATCH


def text(value, size):
    return struct.pack("<i", len(value)) + value.ljust(size - 4, b"\0")


def plant():
    """A controller with one of everything."""
    controller = Controller()
    tags = controller.tags
    for name, of, data in (
        ("Bool", "BOOL", "01"), ("Sint", "SINT", "81"), ("Int", "INT", "2381"), ("Dint", "DINT", "67452381"),
        ("Lint", "LINT", "efcdab8967452381"), ("Usint", "USINT", "81"), ("Uint", "UINT", "2381"),
        ("Udint", "UDINT", "67452381"), ("Ulint", "ULINT", "efcdab8967452381"), ("Real", "REAL", "0000c0bf"),
        ("Lreal", "LREAL", "9a9999999999b93f"), ("Program:Main.Count", "DINT", "07000000"),
    ):  # fmt: skip
        tags.add(name, ATOMIC[of]).memory[:] = bytes.fromhex(data)
    tags.add("Flags", ATOMIC["DWORD"], 2).memory[:] = struct.pack("<II", 1, 1 << 9)
    tags.add("Map", ATOMIC["INT"], 3, 4).memory[:] = struct.pack("<12h", *range(12))
    tags.add("Long", ATOMIC["DINT"], 300).memory[:] = struct.pack("<300i", *range(300))
    tags.add("Text", STRING).memory[:] = text(b"\xd6lstand", 88)
    tags.add("Local:1:I.Data", ATOMIC["INT"]).memory[:] = b"\x2a\0"
    motors = tags.add("Motors", MOTOR, 3).memory
    base = 2 * MOTOR.size
    motors[base + MOTOR.member("Run").offset] |= 2  # Alarm
    struct.pack_into("<f", motors, base + MOTOR.member("Temp").offset, 61.5)
    struct.pack_into("<h", motors, base + MOTOR.member("Steps").offset + 8, -5)
    struct.pack_into("<II", motors, base + MOTOR.member("Gates").offset, 0, 1 << 31)
    at = base + MOTOR.member("Name").offset
    motors[at : at + 88] = text(b"Press 3", 88)
    return controller


VECTORS = [
    ("Bool", "bool", {}, True),
    ("Sint", "int16", {}, -127),
    ("Sint", "uint16", {"name": "without sign"}, 0x81),
    ("Sint.0", "bool", {}, True),
    ("Sint.1", "bool", {}, False),
    ("Int", "int16", {}, 0x8123 - 0x10000),
    ("Int", "uint16", {"bit": 8, "name": "bit"}, True),
    ("Int", "uint16", {"bit": 9, "name": "other bit"}, False),
    ("Dint", "int32", {}, 0x81234567 - 2**32),
    ("dint", "uint32", {"name": "small letters"}, 0x81234567),
    ("Dint.31", "bool", {}, True),
    ("Dint.30", "bool", {}, False),
    ("Lint", "int64", {}, 0x81234567_89ABCDEF - 2**64),
    ("Lint.63", "bool", {}, True),
    ("Usint", "int16", {}, 0x81),
    ("Uint", "uint16", {}, 0x8123),
    ("Udint", "uint32", {}, 0x81234567),
    ("Ulint", "uint64", {}, 0x81234567_89ABCDEF),
    ("Real", "float32", {}, -1.5),
    ("Lreal", "float64", {}, 0.1),
    ("Program:Main.Count", "int32", {}, 7),
    ("program:MAIN.count.2", "bool", {}, True),
    ("Flags[0]", "bool", {}, True),
    ("Flags[1]", "bool", {}, False),
    ("Flags[41]", "bool", {}, True),
    ("Flags[1]", "uint32", {"name": "double word"}, 1 << 9),
    ("Map[1,3]", "int16", {}, 7),
    ("Long[299]", "int32", {}, 299),
    ("Long[256].8", "bool", {}, True),
    ("Text", "string", {"length": 20}, "Ölstand"),
    ("Local:1:I.Data", "int16", {}, 42),
    ("Motors[2].Run", "bool", {}, False),
    ("Motors[2].Alarm", "bool", {}, True),
    ("Motors[2].Temp", "float32", {}, 61.5),
    ("Motors[2].Steps[4]", "int16", {}, -5),
    ("Motors[2].Gates[63]", "bool", {}, True),
    ("Motors[2].Name", "string", {"length": 20}, "Press 3"),
]


@pytest.mark.parametrize("size", [4000, 160])
async def test_values_of_every_type_and_place(size):
    controller = plant()
    # A module's tag has a point in its name nowhere but before its members.
    module = structure("AB:1756_DI:I", 0x301, 0x77, [("Fault", ATOMIC["DINT"], 0), ("Data", ATOMIC["INT"], 0)])
    del controller.tags.all["local:1:i.data"]
    controller.tags.add("Local:1:I", module).memory[4] = 42
    async with controller, reading(controller, connection_size_max=size) as driver:
        plan = driver.plan([tag(address, of, **more) for address, of, more, _ in VECTORS])
        assert not plan.problems
        for _ in range(3):
            got = await rows(driver, plan)
            for address, _of, more, value in VECTORS:
                assert got[more.get("name", address)] == (value, GOOD), address
        assert not plan.remarks


async def test_what_goes_over_the_wire_is_what_the_manual_says():
    async with Controller() as controller, reading(controller) as driver:
        controller.tags.add("rate", ATOMIC["DINT"]).memory[:] = b"\x16\x02\0\0"
        plan = driver.plan([tag("rate"), tag("rate[70000]", name="far")])
        assert (await rows(driver, plan))["rate"] == (534, GOOD)
        first, second = "4c0391047261746501 00", "4c0691047261746 52a0070110100 0100"  # of names and of element 70,000
        several = bytes.fromhex("0a022002240102000600") + b"\x10\0"
        assert controller.requests == [several + bytes.fromhex(first.replace(" ", "") + second.replace(" ", ""))]
        controller.requests.clear()
        await driver.write(tag("rate"), -2)
        assert controller.requests == [
            bytes.fromhex("4c0391047261746501 00".replace(" ", "")),
            bytes.fromhex("4d03910472617465c4000100feffffff"),
        ]


async def test_elements_share_a_read_and_reads_share_a_message_that_is_never_too_long():
    async with Controller() as controller:
        controller.tags.add("A", ATOMIC["INT"], 2000).memory[:] = struct.pack("<2000h", *range(2000))
        for n in range(150):
            struct.pack_into("<i", controller.tags.add(f"Single_{n}", ATOMIC["DINT"]).memory, 0, n)
        tags = [tag(f"A[{n}]", "int16") for n in range(100)] + [tag("A[1999]", "int16")]
        tags += [tag(f"Single_{n}") for n in range(150)]
        for size, most in ((4000, 2), (500, 10)):
            async with reading(controller, connection_size_max=size) as driver:
                plan = driver.plan(tags)
                for _ in range(2):
                    controller.requests.clear()
                    got = await rows(driver, plan)
                    assert (got["A[99]"], got["A[1999]"], got["Single_149"]) == ((99, GOOD), (1999, GOOD), (149, GOOD))
                    assert len(controller.requests) <= most
                    assert max(map(len, controller.requests)) <= size - 2
                assert [one.block.count for one in plan.ranges if one.block.count > 1] == [100]


async def test_wrong_tags_are_isolated_named_and_asked_for_again():
    async with Controller() as controller, reading(controller) as driver:
        controller.tags.add("A", ATOMIC["INT"], 10).memory[:] = struct.pack("<10h", *range(10))
        controller.tags.add("Hidden", ATOMIC["DINT"], access="none")
        controller.tags.add("M", MOTOR)
        good = [tag(f"A[{n}]", "int16") for n in range(10)]
        wrong = {
            "A[10]": ("int16", BAD_ADDRESS, "CIP status 0x05"),
            "A[12]": ("int16", BAD_ADDRESS, "CIP status 0x05"),
            "Nothing": ("int32", BAD_ADDRESS, "CIP status 0x04: there is no tag or member of this name"),
            "M.Speed": ("int32", BAD_ADDRESS, "CIP status 0x04"),
            "Hidden": ("int32", Quality.ACCESS_DENIED, "CIP status 0x0F: access is not allowed"),
            "M": ("int32", MISMATCH, "it is a structure; write one of its members"),
            "A[1]": ("float32", MISMATCH, "it is INT; use type int16"),
        }
        tags = [*good, *(tag(address, of, name=f"wrong {address}") for address, (of, _, _) in wrong.items())]
        plan = driver.plan(tags)
        for cycle in range(3):
            controller.requests.clear()
            got = await rows(driver, plan)
            assert all(got[f"A[{n}]"] == (n, GOOD) for n in range(10)), cycle
            for address, (_, quality, said) in wrong.items():
                assert got[f"wrong {address}"] == (0, quality)
                at = next(n for n, one in enumerate(tags) if one.name == f"wrong {address}")
                assert plan.remarks[at].startswith(f"{address}: {said}")
            assert set(plan.remarks) == set(range(10, 17))
        assert len(controller.requests) == 1
        assert b"Nothing" not in controller.requests[0]  # not before it is due
        facts = await driver.probe()
        assert facts["refused Nothing"].startswith("CIP status 0x04")
        # A download brings the tag and a longer array: they come up by themselves.
        controller.tags.add("Nothing", ATOMIC["DINT"]).memory[0] = 9
        controller.tags.add("A", ATOMIC["INT"], 13).memory[24] = 12
        for one in plan.ranges:
            one.ask_at = 0.0
        for _ in range(2):
            got = await rows(driver, plan)
            assert (got["wrong Nothing"], got["wrong A[12]"]) == ((9, GOOD), (12, GOOD))
        assert "refused Nothing" not in await driver.probe()


async def test_an_address_too_long_for_a_message_costs_its_own_tag():
    long = ".".join(["Member_with_a_name_of_forty_characters_xx"[:40]] * 4)
    async with Controller() as controller, reading(controller, connection_size_max=100) as driver:
        controller.tags.add("A", ATOMIC["DINT"]).memory[0] = 7
        plan = driver.plan([tag("A"), tag(long, name="long")])
        for _ in range(2):
            assert await rows(driver, plan) == {"A": (7, GOOD), "long": (0, BAD_ADDRESS)}
        assert "0x26: the address has a wrong length" in plan.remarks[1]
        assert max(map(len, controller.requests)) <= 98
        with pytest.raises(WriteRejected, match="wrong length"):
            await driver.write(tag(long, name="long"), 1)


@pytest.mark.parametrize(
    ("status", "quality", "said"),
    [
        ((0x02, None), Quality.DEVICE_ERROR, "no resources"),
        ((0x05, None), BAD_ADDRESS, "no such element"),
        ((0x08, None), Quality.FUNCTION_NOT_SUPPORTED, "does not support"),
        ((0x0F, None), Quality.ACCESS_DENIED, "External Access"),
        ((0xFF, 0x2104), BAD_ADDRESS, "0xFF/0x2104"),
        ((0xFF, 0x2107), MISMATCH, "another type"),
        ((0xFF, 0x7777), Quality.DEVICE_ERROR, "0xFF/0x7777"),
        ((0x77, None), Quality.DEVICE_ERROR, "CIP status 0x77"),
    ],
)
async def test_statuses_become_quality_and_words(status, quality, said):
    async with Controller() as controller, reading(controller) as driver:
        for name in ("A", "B"):
            controller.tags.add(name, ATOMIC["DINT"])
        controller.services.forced["a"] = status
        for tags in ([tag("A"), tag("B")], [tag("A")]):
            plan = driver.plan(tags)
            got = await rows(driver, plan)
            assert got["A"] == (0, quality)
            assert got.get("B", (0, GOOD)) == (0, GOOD)
            assert said in plan.remarks[0]
        assert driver.tap.codes.most_common(1)[0][1] == 2


async def test_texts_of_a_controller_are_not_trusted():
    async with Controller() as controller, reading(controller) as driver:
        long = structure("Text400", 0x203, 0x99, [("LEN", ATOMIC["DINT"], 0), ("DATA", ATOMIC["SINT"], 6000)])
        for name, of, data in (
            ("Control", STRING, text(b"a\x1b[m", 88)),
            ("Beyond", STRING, struct.pack("<i", 85) + bytes(84)),
            ("Negative", STRING, struct.pack("<i", -1) + bytes(84)),
            ("Much", STRING, text(b"abcdefgh", 88)),
            ("Short", SHORT_TEXT, text(b"abcde", 12)),
            ("Long", long, text(bytes(65 + n % 26 for n in range(240)), 6004)),
        ):
            controller.tags.add(name, of).memory[:] = data
        lengths = {"Control": 9, "Beyond": 9, "Negative": 9, "Much": 5, "Short": 5, "Long": 240}
        plan = driver.plan([tag(name, "string", length=length) for name, length in lengths.items()])
        for _ in range(2):
            controller.requests.clear()
            got = await rows(driver, plan)
            assert got["Control"] == ("a [m", Quality.UNCERTAIN)
            assert got["Beyond"] == got["Negative"] == ("", MISMATCH)
            assert got["Much"] == ("abcdefgh", Quality.UNCERTAIN)
            assert got["Short"] == ("abcde", GOOD)
            assert got["Long"] == ("".join(chr(65 + n % 26) for n in range(240)), GOOD)
        # What fits no message is from then on asked for in pieces at once.
        assert [request[0] for request in controller.requests] == [0x0A, 0x52, 0x52]


@pytest.mark.parametrize("status", [(0x08, None), (0x11, None), (0x02, None)])
async def test_a_controller_that_cannot_answer_several_at_once(status):
    async with Controller() as controller, reading(controller) as driver:
        for n in range(5):
            controller.tags.add(f"T{n}", ATOMIC["DINT"]).memory[0] = n
        plan = driver.plan([tag(f"T{n}") for n in range(5)])
        serve = controller.services.serve

        def refuse(request, room):
            return bytes([0x8A, 0, status[0], 0]) if request[0] == 0x0A else serve(request, room)

        controller.services.serve = refuse
        for _ in range(2):
            controller.requests.clear()
            assert await rows(driver, plan) == {f"T{n}": (n, GOOD) for n in range(5)}
        assert (len(controller.requests) == 5) == (status[0] == 0x08)


async def test_what_is_written_and_what_is_not():
    controller = plant()
    async with controller, reading(controller) as driver:
        memory = {name: one.memory for name, one in controller.tags.all.items()}
        await driver.write(tag("Bool", "bool"), False)
        assert memory["bool"] == b"\0"
        await driver.write(tag("Dint.1", "bool"), False)
        await driver.write(tag("Dint.3", "bool"), True)
        assert memory["dint"] == struct.pack("<I", 0x81234567 & ~2 | 8)
        await driver.write(tag("Int", "uint16", bit=15), False)
        assert memory["int"] == b"\x23\x01"
        await driver.write(tag("Flags[40]", "bool"), True)
        assert memory["flags"] == struct.pack("<II", 1, 1 << 9 | 1 << 8)
        await driver.write(tag("Sint", "int16"), -2)
        assert memory["sint"] == b"\xfe"
        await driver.write(tag("Long[7]"), -7)
        assert struct.unpack_from("<3i", memory["long"], 24) == (6, -7, 8)
        await driver.write(tag("Motors[2].Run", "bool"), True)
        assert memory["motors"][2 * MOTOR.size] & 3 == 3
        controller.tags.add("Input", ATOMIC["DINT"], access="r")
        before = {name: bytes(one.memory) for name, one in controller.tags.all.items()}
        refused = [
            (tag("Input"), 1, "CIP status 0x0F"),
            (tag("Nothing"), 1, "CIP status 0x04"),
            (tag("Sint", "int16"), 128, "does not fit SINT"),
            (tag("Sint", "uint16"), 256, "does not fit SINT"),
            (tag("Usint", "uint16"), -1, "does not fit uint16"),
            (tag("Dint"), 2**31, "does not fit int32"),
            (tag("Lint", "int64"), float("nan"), "not a whole number"),
            (tag("Bool", "bool"), "on", "text"),
            (tag("Real", "int32"), 1, "it is REAL"),
            (tag("Dint.40", "bool"), True, "DINT has bits 0 to 31"),
            (tag("Real.4", "bool"), True, "REAL has no bits"),
            (tag("Long[3]", "bool"), True, "no array of BOOL but DINT"),
            (tag("N7:0/3", name="file"), 1, "no tag of a Logix controller"),
        ]
        for one, value, why in refused:
            with pytest.raises(WriteRejected, match=why):
                await driver.write(one, value)
        assert {name: bytes(one.memory) for name, one in controller.tags.all.items()} == before


async def test_a_text_is_written_only_where_there_is_one_with_room_for_it():
    controller = plant()
    async with controller, reading(controller) as driver:
        plain, short = controller.tags.all["text"], controller.tags.add("Short", SHORT_TEXT, 2)
        await driver.write(tag("Text", "string", length=80), "Öl 1")
        assert plain.memory == text(b"\xd6l 1", 88)
        await driver.write(tag("Short[1]", "string", length=10), "abcde")
        assert short.memory == bytes(12) + text(b"abcde", 12)
        await driver.write(tag("Short[1]", "string", length=10), "")
        assert short.memory == bytes(24)
        long = structure("Text600", 0x203, 0x99, [("LEN", ATOMIC["DINT"], 0), ("DATA", ATOMIC["SINT"], 6000)])
        controller.tags.add("Long", long)
        before = {name: bytes(one.memory) for name, one in controller.tags.all.items()}
        refused = [
            (tag("Text", "string", length=3), "four", "the field has 3"),
            (tag("Text", "string", length=90), "x" * 83, "no room for 83"),
            (tag("Text", "string", length=90), "x" * 85, "has room for 84"),
            (tag("Text", "string", length=9), "温度", "encode"),
            (tag("Short[0]", "string", length=10), "abcdef", "no room for 6"),  # the filling is no place
            (tag("Long", "string", length=10), "a", "longer than a message"),
            (tag("Motors[1]", "string", length=10), "a", "no room for 1"),  # a structure, not a text
            (tag("Dint", "string", length=10), "a", "no STRING but DINT"),
        ]
        for one, value, why in refused:
            with pytest.raises(WriteRejected, match=why):
                await driver.write(one, value)
        assert {name: bytes(one.memory) for name, one in controller.tags.all.items()} == before


async def test_the_controller_lists_its_tags_and_what_it_lists_can_be_read():
    controller = plant()
    del controller.tags.all["local:1:i.data"]
    controller.tags.add("Program:Main.Motor", MOTOR)
    controller.tags.add("Secret", ATOMIC["DINT"], access="none")
    async with controller, reading(controller, connection_size_max=500) as driver:
        root = {item.address: item for item in await driver.browse("")}
        assert {"Program:Main", "Motors", "Flags", "Text", "Sint"} <= set(root)
        assert "Secret" not in root
        assert (root["Sint"].type, root["Motors"].has_children, root["Text"].type) == ("int16", True, "string")
        assert [item.address for item in await driver.browse("Motors[1]")] == [
            f"Motors[1].{name}" for name in ("Run", "Alarm", "Temp", "Name", "Steps", "Gates", "Mode")
        ]
        assert len(await driver.browse("Flags")) == 64
        assert [item.address for item in await driver.browse("Map")][5] == "Map[1,1]"
        assert await driver.browse("Nothing.Here") == []
        found = tags_of((await browse_tree(driver, "")).found)
        plan = driver.plan(found)
        assert not plan.problems
        got = await rows(driver, plan)
        assert len(got) > 500
        assert {quality for _, quality in got.values()} == {GOOD}
        assert {one.name for one in found if one.address.startswith("Map[")} >= {"Map[0,0]", "Map[2,3]"}
        motor = [one.address for one in found if one.address.startswith("Program:Main.Motor.")]
        assert "Program:Main.Motor.Steps[9]" in motor
        assert "Program:Main.Motor.Gates[63]" in motor


async def test_the_library_by_itself_reads_the_same_from_this_controller():
    # The controller is held against a client that knows nothing of it: all that the library does at its start, with
    # tags by number, structures as a whole and pieces.
    controller = plant()
    del controller.tags.all["local:1:i.data"]
    vectors = {address: value for address, _, more, value in VECTORS if not more.get("name")}
    names = [address for address in vectors if not address.startswith(("Local", "program"))]

    def work():
        with LogixDriver(f"127.0.0.1:{controller.port}/0") as client:
            values = {one.tag: one.value for one in client.read(*names, "Motors{3}", "Long{300}")}
            return values, bool(client.write(("Text", "abc"), ("Motors[1].Temp", 2.5))[0])

    async with controller:
        values, written = await asyncio.to_thread(work)
    assert {name: values[name] for name in names} == {name: vectors[name] for name in names}
    assert values["Long"] == list(range(300))
    assert values["Motors"][2]["Name"] == "Press 3"
    assert written
    assert controller.tags.all["text"].memory == text(b"abc", 88)
    at = MOTOR.size + MOTOR.member("Temp").offset
    assert struct.unpack_from("<f", controller.tags.all["motors"].memory, at)[0] == 2.5


async def test_a_controller_tells_what_it_is_and_one_that_does_not_is_no_error():
    async with Controller() as controller, reading(controller) as driver:
        facts = await driver.probe()
        assert facts["endpoint"] == f"127.0.0.1:{controller.port}"
        assert (facts["slot"], facts["connection_size"], facts["model"]) == ("0", "4000", "1756-L83E/B")
        assert (facts["revision"], facts["serial_number"], facts["program"]) == ("33.011", "00c0ffee", "Press_Line")
        controller.services.without = {0x01}
        assert (await driver.probe())["model"] == "not told"
        plan = driver.plan([tag("A")])
        assert (await rows(driver, plan))["A"] == (0, BAD_ADDRESS)  # the link goes on
