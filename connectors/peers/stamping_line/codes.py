"""States, modes, stop causes and alarm bits of a press, with their texts."""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "ALARM_TEXTS",
    "CAUSE_TEXTS",
    "MODE_TEXTS",
    "STATE_COLORS",
    "STATE_TEXTS",
    "WARNING_TEXTS",
    "Alarm",
    "Cause",
    "Mode",
    "State",
    "Warning",
]


class State(IntEnum):
    """What the press does."""

    OFF = 0
    IDLE = 1
    RUNNING = 2
    STOPPED = 3
    FAULT = 4
    SETUP = 5


class Mode(IntEnum):
    """What the press is meant to do (OPC 40001-1 OperationMode)."""

    NONE = 0
    MAINTENANCE = 1
    SETUP = 2
    PROCESSING = 3


class Cause(IntEnum):
    """Why the press does not run; 0 while it does. From 10 on: faults."""

    NONE = 0
    NO_MATERIAL = 1
    NO_OPERATOR = 2
    QUALITY_CHECK = 3
    CONTAINER_FULL = 4
    DIE_CHANGE = 5
    NO_ORDER = 6
    BREAK = 7
    MISFEED = 10
    OVERLOAD = 11
    PRESSURE_LOW = 12
    OVERHEATED = 13
    GUARD_OPEN = 14


class Alarm(IntEnum):
    """Bits of the alarm word."""

    MISFEED = 0
    OVERLOAD = 1
    PRESSURE_LOW = 2
    OVERHEATED = 3
    GUARD_OPEN = 4


class Warning(IntEnum):
    """Bits of the warning word."""

    MATERIAL_LOW = 0
    DIE_WORN = 1
    TEMPERATURE_HIGH = 2
    PRESSURE_FALLING = 3


STATE_TEXTS = {0: "Off", 1: "Idle", 2: "Running", 3: "Stopped", 4: "Fault", 5: "Set-up"}
STATE_COLORS = {0: "off", 1: "idle", 2: "running", 3: "stopped", 4: "fault", 5: "setup"}
MODE_TEXTS = {0: "None", 1: "Maintenance", 2: "Set-up", 3: "Processing"}
CAUSE_TEXTS = {
    0: "—", 1: "No material", 2: "No operator", 3: "Quality check", 4: "Container full", 5: "Die change",
    6: "No order", 7: "Break", 10: "Misfeed", 11: "Overload", 12: "Hydraulic pressure low",
    13: "Bearing overheated", 14: "Guard open",
}  # fmt: skip
ALARM_TEXTS = {
    Alarm.MISFEED: "Strip misfeed", Alarm.OVERLOAD: "Press overload", Alarm.PRESSURE_LOW: "Hydraulic pressure low",
    Alarm.OVERHEATED: "Main bearing overheated", Alarm.GUARD_OPEN: "Guard open",
}  # fmt: skip
WARNING_TEXTS = {
    Warning.MATERIAL_LOW: "Coil nearly empty", Warning.DIE_WORN: "Die is worn",
    Warning.TEMPERATURE_HIGH: "Main bearing warm", Warning.PRESSURE_FALLING: "Hydraulic pressure falling",
}  # fmt: skip
