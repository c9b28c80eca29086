"""Documents refuse what they do not know and say where."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.identifiers import is_identifier, to_identifier
from schemas.models.agent import AgentConfig
from schemas.models.app import PageDocument
from schemas.models.layout import GridItem
from schemas.models.tag import Limits, TagConfig
from schemas.quality import Quality, from_opcua_status, label, worst


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"type": "bool"}, "b"),
        ({"type": "uint16", "bit": 3}, "b"),
        ({"type": "int32"}, "i"),
        ({"type": "uint64"}, "u"),
        ({"type": "uint16", "scale": 0.1}, "f"),
        ({"type": "int16", "offset": -40}, "f"),
        ({"type": "float32"}, "f"),
        ({"type": "string", "length": 8}, "s"),
    ],
)
def test_kind_of_a_tag(fields: dict[str, object], kind: str) -> None:
    assert TagConfig.model_validate({"name": "t", "address": "holding:1", **fields}).kind == kind


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"type": "string"}, "length"),
        ({"type": "bool", "scale": 2}, "cannot be scaled"),
        ({"scale": 0}, "must not be 0"),
        ({"deadband_percent": 1}, "needs a span"),
        ({"span": [5, 5]}, "lowest"),
        ({"limits": {"lo": 5, "hi": 1}}, "must rise"),
        ({"colour": 1}, "Extra inputs"),
        ({"name": "a/b"}, "pattern"),
        ({"scan_ms": 5}, "20"),
        ({"description_i18n": {"中文": "温度"}}, "pattern"),
        ({"description_i18n": {"zh-CN": "x" * 501}}, "500"),
        ({"texts_i18n": {"zh-CN": "运行"}}, "dictionary"),
    ],
)
def test_tag_mistakes(fields: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        TagConfig.model_validate({"name": "t", "address": "holding:1", **fields})


def test_texts_in_other_languages_travel_in_the_meta() -> None:
    plain = TagConfig.model_validate({"name": "t", "address": "holding:1"})
    assert (plain.texts_i18n, plain.description_i18n) == ({}, {})
    assert plain.meta().model_dump(mode="json", exclude_defaults=True) == {}
    given = {"texts_i18n": {"zh-CN": {"0": "停止"}}, "description_i18n": {"zh-CN": "状态"}}
    tag = TagConfig.model_validate({"name": "t", "address": "holding:1", **given})
    assert tag.meta().model_dump(mode="json", exclude_defaults=True) == given


def test_limits_may_be_left_out() -> None:
    assert Limits.model_validate({"lo": 1, "hi_hi": 9}).hi is None


def test_agent_config_names_every_connection_once() -> None:
    base = {"version": 1, "edge": "line_1", "broker": {"url": "mqtt://127.0.0.1:1883"}}
    assert AgentConfig.model_validate(base).tenant == "factory"
    with pytest.raises(ValidationError, match="used twice: a"):
        AgentConfig.model_validate({**base, "connections": [{"id": "a", "driver": "x"}] * 2})
    with pytest.raises(ValidationError, match="url"):
        AgentConfig.model_validate({**base, "broker": {"url": "mqtt://user:secret@host"}})


def test_grid_items_stay_on_the_grid() -> None:
    with pytest.raises(ValidationError, match="12 columns"):
        GridItem(x=6, y=0, w=7, h=1)


def test_a_page_refuses_element_ids_that_are_not_stable_ids() -> None:
    page = {"format": 1, "id": "p", "title": {"en": "P"}, "layout": {"lg": {"kind": "grid", "items": {}}}}
    element = {"type": "value", "props_version": 1}
    assert PageDocument.model_validate({**page, "elements": {"el_abcd2345": element}})
    with pytest.raises(ValidationError):
        PageDocument.model_validate({**page, "elements": {"tile1": element}})


@pytest.mark.parametrize(
    ("text", "ok"),
    [("press_1", True), ("a" * 41, False), ("_a", False), ("A", False), ("a\n", False), ("", False)],
)
def test_identifiers(text: str, ok: bool) -> None:
    assert is_identifier(text) is ok


@pytest.mark.parametrize(
    ("name", "identifier"),
    [("Volume Flow RateRMS", "volume_flow_raterms"), ("Öl-Druck", "ol-druck"), ("温度", "x"), ("__A__", "a")],
)
def test_names_become_identifiers(name: str, identifier: str) -> None:
    assert to_identifier(name) == identifier


def test_opcua_status() -> None:
    assert from_opcua_status(0) == Quality.GOOD
    assert from_opcua_status(0x80340000) == Quality.BAD_ADDRESS
    assert from_opcua_status(0x408F0000) == Quality.UNCERTAIN
    assert from_opcua_status(0x80FF0000) == Quality.BAD


def test_the_worst_quality_counts() -> None:
    assert worst(0, 66, 1) == 66
    assert worst() == 0
    assert label(129) == "no communication"
    assert (label(200), label(100), label(7)) == ("bad", "uncertain", "good")
