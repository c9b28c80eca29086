"""What a payload says: a JSON document, or for a whole payload plain text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from connectors.drivers.mqtt_in.config import MqttInConfig
from connectors.drivers.mqtt_in.link import Message
from connectors.json_values import Missing, Row, Steps, convert, device_time_us, find
from schemas.models.tag import TagConfig
from schemas.quality import UNCERTAIN_FROM, Quality

__all__ = ["Item", "rows_of"]

#: A tag's index in the plan, the tag, and where its value lies.
Item = tuple[int, TagConfig, Steps]


def rows_of(config: MqttInConfig, time_steps: Steps, items: Iterable[Item], message: Message) -> dict[int, Row]:
    """The rows of the tags of a message's topic. What is wrong with one makes that one bad, and keeps no other."""
    quality, document = _document(config, message)
    device_us = _time(config, time_steps, document) if quality == Quality.GOOD else 0
    # How old a kept payload is only its own time tells.
    is_old = message.retained and not device_us
    found: dict[int, Row] = {}
    for index, tag, steps in items:
        value, of_tag = _value(tag, steps, quality, document, message.payload)
        if is_old and of_tag < UNCERTAIN_FROM:
            of_tag = Quality.UNCERTAIN
        found[index] = (value, of_tag, message.ts, device_us)
    return found


def _document(config: MqttInConfig, message: Message) -> tuple[Quality, Any]:
    if len(message.payload) > config.payload_size_max_kb * 1024:
        return Quality.OVERFLOW, None
    if not message.payload:
        return Quality.BAD, None  # an empty one takes back what the topic kept
    try:
        return Quality.GOOD, json.loads(message.payload)
    except (ValueError, RecursionError):
        return Quality.DEVICE_ERROR, None


def _value(
    tag: TagConfig, steps: Steps, quality: Quality, document: Any, payload: bytes
) -> tuple[float | int | bool | str, Quality]:
    if quality == Quality.DEVICE_ERROR and not steps and tag.type == "string":
        return convert(tag, payload.decode("utf-8", "surrogateescape"))
    if quality != Quality.GOOD:
        return 0, quality
    try:
        return convert(tag, find(document, steps))
    except Missing:
        return 0, Quality.BAD_ADDRESS


def _time(config: MqttInConfig, steps: Steps, document: Any) -> int:
    if not steps:
        return 0
    try:
        return device_time_us(find(document, steps), config.time_format)
    except Missing:
        return 0
