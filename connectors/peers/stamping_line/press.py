"""One press: states and stops, strokes and pieces, heat, current, hydraulics and energy, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from random import Random
from typing import Any

from connectors.peers.stamping_line.codes import Alarm, Cause, Mode, State, Warning

__all__ = ["STEP_S", "Press", "PressKind"]

STEP_S = 0.05
AMBIENT_C = 22.0
BEARING_WARN_C, BEARING_MAX_C, BEARING_RESTART_C = 75.0, 85.0, 68.0
PRESSURE_WARN_BAR, PRESSURE_MIN_BAR = 140.0, 120.0
FORCE_MAX_KN = 1250.0
DIE_LIFE_STROKES = 1200
FEED_M, COIL_M, COIL_LOW_M = 0.18, 90.0, 9.0
RAMP_PER_S = 25.0
MAINS_V, POWER_FACTOR = 400.0, 0.86

# Cause → shortest and longest time until it is over, in seconds.
DURATIONS_S: dict[Cause, tuple[float, float]] = {
    Cause.NO_MATERIAL: (15, 40), Cause.NO_OPERATOR: (10, 60), Cause.QUALITY_CHECK: (8, 20),
    Cause.CONTAINER_FULL: (10, 25), Cause.DIE_CHANGE: (45, 120), Cause.NO_ORDER: (10, 40),
    Cause.BREAK: (60, 150), Cause.MISFEED: (10, 45), Cause.OVERLOAD: (20, 60),
    Cause.PRESSURE_LOW: (20, 50), Cause.OVERHEATED: (15, 30), Cause.GUARD_OPEN: (6, 20),
}  # fmt: skip
STATE_OF: dict[Cause, State] = {
    Cause.DIE_CHANGE: State.SETUP, Cause.NO_ORDER: State.IDLE, Cause.BREAK: State.OFF,
    Cause.MISFEED: State.FAULT, Cause.OVERLOAD: State.FAULT, Cause.PRESSURE_LOW: State.FAULT,
    Cause.OVERHEATED: State.FAULT, Cause.GUARD_OPEN: State.FAULT,
}  # fmt: skip
ALARM_OF: dict[Cause, Alarm] = {
    Cause.MISFEED: Alarm.MISFEED, Cause.OVERLOAD: Alarm.OVERLOAD, Cause.PRESSURE_LOW: Alarm.PRESSURE_LOW,
    Cause.OVERHEATED: Alarm.OVERHEATED, Cause.GUARD_OPEN: Alarm.GUARD_OPEN,
}  # fmt: skip
# What befalls a running press by itself: cause → events per running hour.
HAZARDS_PER_H: dict[Cause, float] = {
    Cause.NO_OPERATOR: 4.0, Cause.QUALITY_CHECK: 6.0, Cause.CONTAINER_FULL: 6.0, Cause.BREAK: 0.7,
    Cause.GUARD_OPEN: 2.0,
}  # fmt: skip
DIES = (
    ("D-104 bracket", "Bracket A"),
    ("D-117 hinge", "Hinge 40"),
    ("D-122 cover", "Cover L"),
    ("D-131 clip", "Clip 12"),
)


def _alarms(numbers: Iterable[int]) -> set[Alarm]:
    return {Alarm(number) for number in numbers}


_NOT_SAVED = frozenset({"name", "kind", "random"})
_SAVED_AS: dict[str, Callable[[Any], Any]] = {"state": State, "cause": Cause, "faults": _alarms}


@dataclass(frozen=True)
class PressKind:
    """What differs between presses."""

    speed_per_min: float
    force_kn: float
    idle_a: float
    batch: int


@dataclass
class Press:
    """State of one press. :meth:`step` moves it on by STEP_S seconds of its own time."""

    name: str
    kind: PressKind
    random: Random
    state: State = State.RUNNING
    cause: Cause = Cause.NONE
    remaining_s: float = 0.0
    speed_setpoint: float = 0.0
    pressure_setpoint: float = 160.0
    batch_target: int = 0
    speed: float = 0.0
    phase: float = 0.0
    since_stroke_s: float = 0.0
    cycle_time: float = 0.0
    strokes: int = 0
    good: int = 0
    reject: int = 0
    batch_count: int = 0
    die: int = 0
    die_strokes: int = 0
    material_m: float = COIL_M
    bearing_c: float = 45.0
    oil_c: float = 38.0
    die_c: float = 40.0
    current_a: float = 0.0
    power_kw: float = 0.0
    energy_kwh: float = 0.0
    pressure_bar: float = 160.0
    force_kn: float = 0.0
    vibration_mm_s: float = 0.6
    air_bar: float = 6.2
    run_h: float = 0.0
    leak_bar_per_s: float = 0.0
    cooling: float = 1.0
    faults: set[Alarm] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.speed_setpoint = self.speed_setpoint or self.kind.speed_per_min
        self.batch_target = self.batch_target or self.kind.batch
        self.die = self.random.randrange(len(DIES))
        self.die_strokes = self.random.randrange(DIE_LIFE_STROKES // 2)
        self.batch_count = self.random.randrange(self.kind.batch // 2)
        self.material_m = self.random.uniform(0.3, 1.0) * COIL_M
        self.strokes = self.random.randrange(200_000, 900_000)
        self.good = self.random.randrange(5_000, 20_000)
        self.reject = self.good // 90
        self.energy_kwh = self.random.uniform(8_000, 30_000)
        self.run_h = self.strokes / self.kind.speed_per_min / 60

    def saved(self) -> dict[str, Any]:
        """Everything that a PLC would keep over a power cut, as plain values."""
        kept = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in _NOT_SAVED}
        return {name: sorted(value) if isinstance(value, set) else value for name, value in kept.items()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on where :meth:`saved` was made. Raises KeyError or ValueError for anything else."""
        for item in fields(self):
            if item.name not in _NOT_SAVED:
                value = saved[item.name]
                kind = _SAVED_AS.get(item.name, type(getattr(self, item.name)))
                setattr(self, item.name, kind(value))

    # --- what the signals show ----------------------------------------------------------------------

    @property
    def mode(self) -> Mode:
        """Operation mode that goes with the state."""
        if self.state is State.SETUP:
            return Mode.SETUP
        if self.state is State.FAULT:
            return Mode.MAINTENANCE
        return Mode.NONE if self.state is State.OFF else Mode.PROCESSING

    @property
    def cycle_pulse(self) -> bool:
        """High while the slide is in the lower half of a stroke."""
        return 0.25 <= self.phase < 0.75

    @property
    def alarm_word(self) -> int:
        """Alarms as bits."""
        return sum(1 << alarm for alarm in self.faults)

    @property
    def warning_word(self) -> int:
        """Warnings as bits; they come from the physics, before the alarm they announce."""
        active = {
            Warning.MATERIAL_LOW: self.material_m < COIL_LOW_M,
            Warning.DIE_WORN: self.die_strokes > DIE_LIFE_STROKES,
            Warning.TEMPERATURE_HIGH: self.bearing_c > BEARING_WARN_C,
            Warning.PRESSURE_FALLING: self.pressure_bar < PRESSURE_WARN_BAR and self.state is not State.OFF,
        }
        return sum(1 << bit for bit, on in active.items() if on)

    @property
    def wear(self) -> float:
        """0 for a new die, 1 at the end of its life."""
        return self.die_strokes / DIE_LIFE_STROKES

    # --- one step -----------------------------------------------------------------------------------

    def step(self) -> None:
        """Move on by STEP_S."""
        if self.state is State.RUNNING:
            self._run()
        else:
            self._wait()
        self._turn()
        self._heat()
        self._draw_current()
        self._press_oil()

    def stop(self, cause: Cause) -> None:
        """Leave running for ``cause``; the state follows from it."""
        self.cause = cause
        self.state = STATE_OF.get(cause, State.STOPPED)
        self.remaining_s = self.random.uniform(*DURATIONS_S[cause])
        if cause in ALARM_OF:
            self.faults.add(ALARM_OF[cause])

    def _run(self) -> None:
        self.run_h += STEP_S / 3600
        draw = self.random.random()
        for cause, per_hour in HAZARDS_PER_H.items():
            draw -= per_hour * STEP_S / 3600
            if draw < 0:
                self.stop(cause)
                return
        # A seal begins to leak, a fan stops: what follows from it follows from the physics.
        if draw < 2.0 * STEP_S / 3600:
            self.leak_bar_per_s = self.random.uniform(0.8, 2.5)
        elif draw < 3.5 * STEP_S / 3600:
            self.cooling = 0.35
        if self.bearing_c > BEARING_MAX_C:
            self.stop(Cause.OVERHEATED)
        elif self.pressure_bar < PRESSURE_MIN_BAR:
            self.stop(Cause.PRESSURE_LOW)

    def _wait(self) -> None:
        self.remaining_s -= STEP_S
        if self.remaining_s > 0 or (self.cause is Cause.OVERHEATED and self.bearing_c > BEARING_RESTART_C):
            return
        if self.cause is Cause.NO_MATERIAL:
            self.material_m = COIL_M
        elif self.cause is Cause.DIE_CHANGE:
            self.die = (self.die + self.random.randrange(1, len(DIES))) % len(DIES)
            self.die_strokes, self.batch_count = 0, 0
            self.die_c = AMBIENT_C + 4
            self.stop(Cause.NO_ORDER)
            return
        elif self.cause is Cause.PRESSURE_LOW:
            self.leak_bar_per_s = 0.0
        elif self.cause is Cause.OVERHEATED:
            self.cooling = 1.0
        self.faults.clear()
        self.cause, self.state = Cause.NONE, State.RUNNING

    def _turn(self) -> None:
        target = self.speed_setpoint if self.state is State.RUNNING else 0.0
        change = RAMP_PER_S * STEP_S * (2.0 if target < self.speed else 1.0)
        self.speed += max(-change, min(change, target - self.speed))
        self.since_stroke_s += STEP_S
        self.phase += self.speed / 60 * STEP_S
        if self.phase >= 1.0:
            self.phase -= 1.0
            self._stroke()
        if self.speed == 0.0:
            self.force_kn, self.phase, self.cycle_time, self.since_stroke_s = 0.0, 0.0, 0.0, 0.0

    def _stroke(self) -> None:
        draw = self.random
        self.cycle_time, self.since_stroke_s = self.since_stroke_s, 0.0
        self.strokes += 1
        self.die_strokes += 1
        self.batch_count += 1
        self.material_m = max(0.0, self.material_m - FEED_M)
        cold = max(0.0, 45.0 - self.die_c) / 45.0  # a cold die takes more force and makes more scrap
        self.force_kn = self.kind.force_kn * (1 + 0.12 * self.wear + 0.05 * cold) * draw.gauss(1.0, 0.012)
        misfed = draw.random() < 0.0012
        overload = self.force_kn > FORCE_MAX_KN or draw.random() < 0.0004
        scrap = misfed or overload or draw.random() < 0.008 + 0.03 * max(0.0, self.wear - 0.6) + 0.05 * cold
        if scrap:
            self.reject += 1
        else:
            self.good += 1
        if self.state is not State.RUNNING:
            return
        if misfed:
            self.stop(Cause.MISFEED)
        elif overload:
            self.force_kn = FORCE_MAX_KN * 1.04
            self.stop(Cause.OVERLOAD)
        elif self.material_m < FEED_M:
            self.stop(Cause.NO_MATERIAL)
        elif self.batch_count >= self.batch_target or self.wear > 1.3:
            self.stop(Cause.DIE_CHANGE)

    def _heat(self) -> None:
        load = self.speed / 60.0
        self.bearing_c += STEP_S / 180 * (AMBIENT_C + 45.0 * load / self.cooling**0.5 - self.bearing_c)
        self.die_c += STEP_S / 60 * (AMBIENT_C + 48.0 * load - self.die_c)
        self.oil_c += STEP_S / 400 * (AMBIENT_C + 8.0 + 0.8 * self.power_kw - self.oil_c)

    def _draw_current(self) -> None:
        if self.state is State.OFF:
            target = 0.4
        else:
            # The flywheel is drawn down by each stroke and takes its energy back between strokes.
            stroke_part = 0.5 + 0.5 * math.sin(2 * math.pi * self.phase)
            work = self.kind.force_kn * self.speed / 2500.0
            target = self.kind.idle_a + work * (0.7 + 0.6 * stroke_part) + 2.0 * abs(self.random.gauss(0, 0.05))
        self.current_a += (
            STEP_S / 0.25 * (target - self.current_a)
            if target < self.current_a
            else STEP_S / 0.15 * (target - self.current_a)
        )
        self.power_kw = math.sqrt(3) * MAINS_V * self.current_a * POWER_FACTOR / 1000
        self.energy_kwh += self.power_kw * STEP_S / 3600
        base = 0.4 + 2.2 * self.speed / 60 * (1 + 0.8 * self.wear)
        self.vibration_mm_s += STEP_S / 1.0 * (base - self.vibration_mm_s) + self.random.gauss(0, 0.01)
        self.vibration_mm_s = max(0.0, self.vibration_mm_s)

    def _press_oil(self) -> None:
        self.pressure_bar -= self.leak_bar_per_s * STEP_S
        if self.leak_bar_per_s == 0.0:
            self.pressure_bar += STEP_S / 4.0 * (self.pressure_setpoint - self.pressure_bar)
        ripple = 0.15 * math.sin(2 * math.pi * self.phase) if self.speed else 0.0
        self.pressure_bar = max(0.0, self.pressure_bar + ripple + self.random.gauss(0, 0.02))
        self.air_bar += STEP_S / 20 * (6.2 - self.air_bar) + self.random.gauss(0, 0.004)
