"""The physics of a press hang together, and the same seed gives the same line."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from connectors.peers.stamping_line.codes import Alarm, Cause, State
from connectors.peers.stamping_line.line import PRESSES, Line
from connectors.peers.stamping_line.press import BEARING_MAX_C, PRESSURE_MIN_BAR, STEP_S, Press, PressKind
from connectors.peers.stamping_line.signals import SIGNALS

KIND = PressKind(speed_per_min=40, force_kn=900, idle_a=12, batch=400)


def _press(seed: int = 1) -> Press:
    return Press("press_1", KIND, random.Random(seed))


def _values(line: Line) -> list[object]:
    return [signal.get(press) for press in line.presses for signal in SIGNALS]


def test_the_same_seed_gives_the_same_line_however_time_is_cut() -> None:
    one, other, third = Line(7), Line(7), Line(8)
    one.advance(600.0)
    for _ in range(6000):
        other.advance(0.1)
    third.advance(600.0)
    assert _values(one) == _values(other)
    assert _values(one) != _values(third)


@pytest.mark.parametrize("name", list(PRESSES))
def test_four_hours_stay_within_the_spans_and_visit_every_state(name: str) -> None:
    press = Press(name, PRESSES[name], random.Random(3))
    states: Counter[State] = Counter()
    causes: set[Cause] = set()
    for step in range(int(4 * 3600 / STEP_S)):
        press.step()
        states[press.state] += 1
        causes.add(press.cause)
        if step % 20 == 0:
            for signal in SIGNALS:
                if signal.span is not None:
                    assert signal.span[0] <= signal.get(press) <= signal.span[1], signal.name
    assert set(states) == set(State)
    assert 0.55 < states[State.RUNNING] / states.total() < 0.9
    assert {Cause.NO_MATERIAL, Cause.DIE_CHANGE, Cause.NO_ORDER, Cause.PRESSURE_LOW, Cause.MISFEED} <= causes


def test_every_stroke_makes_one_piece_and_takes_strip() -> None:
    press = _press()
    before = (press.strokes, press.good + press.reject)
    material = press.material_m
    while press.strokes < before[0] + 20 and press.state is State.RUNNING:
        press.step()
    made = press.strokes - before[0]
    assert press.good + press.reject - before[1] == made
    assert material - press.material_m == pytest.approx(made * 0.18)


def test_pulses_strokes_and_cycle_time_agree_with_the_speed() -> None:
    press = _press()
    press.speed = press.speed_setpoint
    pulses, strokes, high = 0, press.strokes, press.cycle_pulse
    for _ in range(int(30 / STEP_S)):
        press.step()
        if press.state is not State.RUNNING:
            pytest.skip("this seed stops within the first half minute")
        pulses += press.cycle_pulse and not high
        high = press.cycle_pulse
    assert press.strokes - strokes == pytest.approx(20, abs=1)
    assert pulses == pytest.approx(20, abs=1)
    assert press.cycle_time == pytest.approx(1.5, abs=2 * STEP_S)


def test_energy_is_power_over_time_and_never_falls() -> None:
    press = _press()
    energy, work = press.energy_kwh, 0.0
    for _ in range(20_000):
        last = press.energy_kwh
        press.step()
        work += press.power_kw * STEP_S / 3600
        assert press.energy_kwh >= last
    assert press.energy_kwh - energy == pytest.approx(work, rel=1e-6)


def test_an_empty_coil_stops_the_press_and_a_new_one_starts_it() -> None:
    press = _press()
    press.material_m = 0.5
    while press.state is State.RUNNING:
        press.step()
    assert (press.state, press.cause) == (State.STOPPED, Cause.NO_MATERIAL)
    assert press.warning_word & 1
    strokes = press.strokes
    while press.state is not State.RUNNING:
        press.step()
    assert press.material_m > 80
    assert press.strokes <= strokes + 1


def test_a_leak_warns_then_faults_then_is_mended() -> None:
    press = _press()
    press.leak_bar_per_s = 2.0
    warned = False
    while press.state is State.RUNNING:
        press.step()
        warned = warned or bool(press.warning_word >> 3 & 1)
    assert warned
    assert (press.cause, press.faults) == (Cause.PRESSURE_LOW, {Alarm.PRESSURE_LOW})
    assert press.alarm_word == 1 << Alarm.PRESSURE_LOW
    assert press.pressure_bar < PRESSURE_MIN_BAR
    while press.state is not State.RUNNING:
        press.step()
    assert press.alarm_word == 0


def test_a_hot_bearing_faults_and_restarts_only_when_cool() -> None:
    press = _press()
    press.bearing_c = BEARING_MAX_C + 1
    press.step()
    assert (press.state, press.cause) == (State.FAULT, Cause.OVERHEATED)
    while press.state is State.FAULT:
        press.step()
    assert press.bearing_c <= 68.0


def test_heat_current_and_speed_have_inertia() -> None:
    press = _press()
    for _ in range(4000):
        before = (press.bearing_c, press.speed)
        press.step()
        assert abs(press.bearing_c - before[0]) < 0.05
        assert abs(press.speed - before[1]) <= 25 * STEP_S * 2 + 1e-9
    assert press.current_a > KIND.idle_a or press.state is not State.RUNNING


def test_a_fault_has_its_alarm_and_running_has_none() -> None:
    press = _press(5)
    for _ in range(200_000):
        press.step()
        if press.state is State.RUNNING:
            assert (press.cause, press.alarm_word) == (Cause.NONE, 0)
        elif press.state is State.FAULT:
            assert press.cause >= 10
            assert press.alarm_word
        else:
            assert 0 < press.cause < 10


def test_a_saved_line_goes_on_where_it_was(tmp_path: Path) -> None:
    line, other = Line(7), Line(8)
    line.advance(900.0)
    path = tmp_path / "line.state"
    line.save(path)
    assert other.restore(path)
    assert _values(other) == _values(line)
    assert [press.faults for press in other.presses] == [press.faults for press in line.presses]
    other.advance(60.0)
    assert other.presses[0].energy_kwh > line.presses[0].energy_kwh


@pytest.mark.parametrize(
    "text", ["", "{}", '{"version": 2, "presses": {}}', '{"version": 1, "presses": {"press_1": {}}}']
)
def test_what_cannot_be_restored_is_a_fresh_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "line.state"
    path.write_text(text, encoding="utf-8")
    line = Line(7)
    assert not line.restore(path)
    assert not line.restore(tmp_path / "missing")
    Line(9).save(path)
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["presses"]["press_3"]["good"]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert not line.restore(path)
    assert _values(line) == _values(Line(7))
