"""Addresses: a topic and, after `#`, a JSON pointer into its payload (RFC 6901)."""

from __future__ import annotations

from typing import Final

from connectors.json_values import Steps, parse_pointer

__all__ = ["parse_address"]

#: MQTT 3.1.1 §4.7.3.
TOPIC_MAX_BYTES: Final = 65_535


def parse_address(text: str) -> tuple[str, Steps]:
    """Topic and pointer of `hall/press_1#/temperature`; `hall/press_1/temperature#` is the whole payload.

    Raises ValueError: a tag is one series, so its topic has no wildcard.
    """
    topic, mark, pointer = text.strip().partition("#")
    if not mark:
        raise ValueError(f"'{text}' has no # after its topic")
    if not topic or "\0" in topic or len(topic.encode("utf-8", "replace")) > TOPIC_MAX_BYTES:
        raise ValueError(f"'{text}' has no topic before the #")
    if "+" in topic or (topic.endswith("/") and pointer == ""):
        raise ValueError(f"'{text}' names many topics: a tag takes the values of one")
    return topic, parse_pointer(pointer)
