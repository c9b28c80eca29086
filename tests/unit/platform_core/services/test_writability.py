"""Whether a tag may be written: by its edge, its role, and what the device has said."""

from platform_core.services.writability import SILENT_S, Writability
from schemas.models.asset_type import SignalRole

FREE = SignalRole(role="speed_setpoint", label={"en": "S"}, writable=True)
CLOSED = SignalRole(role="speed", label={"en": "S"})


class Device:
    edge = "line_1"

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def says(self, key):
        self.asked.append(key)
        return self.answers.get(key)


def test_by_edge_and_role():
    device = Device({"press_1/set": True, "press_1/other": False})
    writability = Writability(device)
    assert writability.of("manual", "x", None) is True
    assert writability.of("line_1", "press_1/set", FREE) is True
    assert writability.of("line_1", "press_1/other", FREE) is False
    assert writability.of("line_1", "press_1/set", CLOSED) is False
    assert writability.of("line_1", "press_1/set", None) is False
    assert writability.of("real_1", "press_1/set", FREE) is False
    assert device.asked == ["press_1/set", "press_1/other"]
    assert Writability().of("line_1", "press_1/set", FREE) is False
    assert Writability().of("manual", "x", None) is True


def test_what_was_said_is_remembered():
    device = Device({"a": True})
    writability = Writability(device)
    assert [writability.of("line_1", "a", FREE) for _ in range(3)] == [True] * 3
    assert device.asked == ["a"]


def test_a_device_that_does_not_answer_is_not_known_and_left_alone_for_a_while():
    now_s = 0.0
    device = Device({})
    writability = Writability(device, lambda: now_s)
    assert [writability.of("line_1", key, FREE) for key in "abc"] == [None] * 3
    assert device.asked == ["a"]
    now_s = SILENT_S
    device.answers = {"a": True}
    assert writability.of("line_1", "a", FREE) is True
