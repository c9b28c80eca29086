"""Metrics as Prometheus text (exposition format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable

PREFIX = "interlock_agent_"

#: Labels, value, and of a summary what follows the name.
Sample = tuple[dict[str, str], float] | tuple[dict[str, str], float, str]
#: Name without prefix, type, help, samples.
Metric = tuple[str, str, str, list[Sample]]


def render(metrics: Iterable[Metric]) -> str:
    """All of them as text; those without a sample are left out."""
    lines: list[str] = []
    for name, kind, text, samples in metrics:
        if samples:
            lines += [f"# HELP {PREFIX}{name} {_help(text)}", f"# TYPE {PREFIX}{name} {kind}"]
        for sample in samples:
            suffix = sample[2] if len(sample) == 3 else ""
            lines.append(f"{PREFIX}{name}{suffix}{_labels(sample[0])} {sample[1]:.15g}")
    return "\n".join(lines) + "\n"


def single(name: str, kind: str, text: str, value: float, labels: dict[str, str] | None = None) -> Metric:
    """A metric of one sample."""
    return name, kind, text, [(labels or {}, value)]


def _help(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    parts = []
    for name, value in labels.items():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        parts.append(f'{name}="{escaped}"')
    return "{" + ",".join(parts) + "}"
