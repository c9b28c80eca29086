"""When the platform calls itself connected: the broker has confirmed what it is to pass on."""

import logging

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from platform_core.ingest.inbox import Inbox
from platform_core.ingest.link import CHANNELS, MqttLink

GRANTED = ReasonCode(PacketTypes.SUBACK, identifier=0)
REFUSED = ReasonCode(PacketTypes.SUBACK, identifier=0x80)


@pytest.fixture
def link():
    return MqttLink("mqtt://127.0.0.1:1", "", "", "factory", "core", Inbox())


def answered(link, reasons):
    link._on_subscribe(link._client, None, 1, reasons, None)


def test_it_is_up_once_its_topics_are_confirmed_and_not_before(link):
    link._on_connect(link._client, None, None, ReasonCode(PacketTypes.CONNACK, identifier=0), None)
    assert not link.is_up
    answered(link, [GRANTED] * len(CHANNELS))
    assert link.is_up


def test_a_refused_topic_is_named_and_the_others_are_used(link, caplog):
    with caplog.at_level(logging.ERROR):
        answered(link, [GRANTED, GRANTED, GRANTED, GRANTED, REFUSED])
    assert link.is_up
    assert "the topics re: check its rights" in caplog.text


def test_with_no_topic_at_all_it_is_not_up(link):
    answered(link, [REFUSED] * len(CHANNELS))
    assert not link.is_up
