"""Who makes rows of messages: for each form of payload one, with what it has to remember while a link lives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Protocol

from connectors.driver import Loss
from connectors.drivers.mqtt_in.config import MqttInConfig
from connectors.drivers.mqtt_in.link import Message
from connectors.drivers.mqtt_in.payloads import Item, rows_of
from connectors.json_values import Row, Steps

__all__ = ["JsonSource", "Rounds", "Source"]

#: Rows in the order they came, each tag at most once in a round, and what is known to be missing.
Rounds = tuple[list[dict[int, Row]], tuple[Loss, ...]]


class Source(Protocol):
    """What a plan listens to. `begin` is called at the start of each life of the link."""

    @property
    def filters(self) -> Sequence[str]:
        """What to subscribe to."""
        ...

    def indexes(self, filter_: str) -> Iterable[int]:
        """Tags that get nothing where the broker refuses this one."""
        ...

    def begin(self) -> None:
        """Forget what was only true of the last life of the link."""
        ...

    def wants(self, topic: str) -> bool:
        """Whether messages of a topic are for this plan."""
        ...

    def has_all(self, topics: Set[str], refused: Set[str]) -> bool:
        """Whether, with something of these topics there, nothing more is to be waited for at the start."""
        ...

    def rounds(self, messages: Sequence[Message]) -> Rounds:
        """The rows of messages, in the order they came."""
        ...

    def unheard(self) -> Iterable[int]:
        """Tags nothing was heard of in this life of the link."""
        ...

    def requests(self, now_s: float) -> list[tuple[str, bytes]]:
        """What is to be published now (monotonic s), as topic and payload."""
        ...


class JsonSource:
    """JSON, or plain text, with a topic for each tag."""

    def __init__(self, config: MqttInConfig, time_steps: Steps, topics: dict[str, list[Item]]) -> None:
        self._config, self._time_steps, self._topics = config, time_steps, topics
        #: Topics something has come of: what they keep for newcomers is no news.
        self._seen: set[str] = set()

    @property
    def filters(self) -> Sequence[str]:
        """One for each topic."""
        return list(self._topics)

    def indexes(self, filter_: str) -> Iterable[int]:
        """The tags of the topic."""
        return [index for index, _, _ in self._topics[filter_]]

    def begin(self) -> None:
        """What topics keep is news again."""
        self._seen = set()

    def wants(self, topic: str) -> bool:
        """The topics of the tags."""
        return topic in self._topics

    def has_all(self, topics: Set[str], refused: Set[str]) -> bool:
        """Something of each topic."""
        return topics >= self._topics.keys() - refused

    def rounds(self, messages: Sequence[Message]) -> Rounds:
        """The n-th message of a topic is in the n-th round."""
        rounds: list[dict[int, Row]] = []
        numbers: dict[str, int] = {}
        for message in messages:
            if message.retained and (self._config.retained == "ignore" or message.topic in self._seen):
                continue
            self._seen.add(message.topic)
            number = numbers.get(message.topic, 0)
            numbers[message.topic] = number + 1
            if number == len(rounds):
                rounds.append({})
            rounds[number] |= rows_of(self._config, self._time_steps, self._topics[message.topic], message)
        return rounds, ()

    def unheard(self) -> Iterable[int]:
        """Tags of topics nothing came of."""
        return [index for topic, items in self._topics.items() if topic not in self._seen for index, _, _ in items]

    def requests(self, now_s: float) -> list[tuple[str, bytes]]:
        """None."""
        return []
