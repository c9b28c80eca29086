"""Quality of a metric, from its properties."""

from __future__ import annotations

from schemas.quality import Quality
from schemas.sparkplug.payload import QUALITY, STALE, Metric

__all__ = ["quality_of"]


def quality_of(metric: Metric, has_value: bool) -> Quality:
    """Quality of a sample. 192, 0 and 500 are Sparkplug's own (§6.4.14); others are read as OPC classic's, which many
    gateways send: two bits, 0 bad, 1 uncertain, 3 good."""
    said = metric.properties.get(QUALITY)
    if not isinstance(said, int) or isinstance(said, bool):
        return Quality.GOOD if has_value else Quality.BAD
    if said == STALE:
        return Quality.UNCERTAIN if has_value else Quality.WAITING
    if not has_value or not 64 <= said <= 255:
        return Quality.BAD
    return Quality.GOOD if said >= 192 else Quality.UNCERTAIN
