"""Every point that the agent maps by itself has its Chinese, and what is no point has none."""

from __future__ import annotations

from edge_agent.configuration.sunspec_chinese import in_chinese
from edge_agent.configuration.sunspec_models import model


def test_every_meaning_and_every_state_has_its_chinese() -> None:
    models = [one for number in range(1, 1000) if (one := model(number)) is not None]
    said = {point.meaning for one in models for point in one.points if point.meaning}
    said |= {text for one in models for point in one.points for _, text in point.texts}
    assert len(said) > 90
    assert [text for text in sorted(said) if not in_chinese(text)] == []


def test_parts_are_put_together() -> None:
    assert in_chinese("Voltage between phases, AB") == "AB 线电压"
    assert in_chinese("Voltage to neutral, average") == "平均相电压"
    assert in_chinese("Reactive energy imported, Q1 of phase C") == "C 相正向无功电能（第一象限）"
    assert in_chinese("Power of ten of W, WphA") == "W, WphA 的十的幂次"
    assert in_chinese("Something else of phase A") == ""
