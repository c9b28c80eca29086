"""Tags that hold only what is not the default: read, compared, copied and dumped as before."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from schemas.models.tag import TagConfig

GIVEN = {"name": "t", "address": "holding:1", "type": "int16", "scale": 0.5, "texts": {"0": "off"}, "unit": "bar"}


def test_a_compact_tag_is_the_same_tag() -> None:
    whole, small = TagConfig.model_validate(GIVEN), TagConfig.model_validate(GIVEN)
    small.compact()
    assert set(small.__dict__) == set(GIVEN)
    assert small == whole
    assert whole == small
    for name in TagConfig.model_fields:
        assert getattr(small, name) == getattr(whole, name)
    assert (small.kind, small.deadband_absolute) == (whole.kind, whole.deadband_absolute)
    assert small.meta() == whole.meta()
    assert small.model_fields_set == whole.model_fields_set
    assert small.model_dump(mode="json", exclude_defaults=True) == whole.model_dump(mode="json", exclude_defaults=True)


def test_a_difference_is_seen_whichever_of_them_is_compact() -> None:
    one, other = TagConfig.model_validate(GIVEN), TagConfig.model_validate({**GIVEN, "scale": 0.25})
    one.compact()
    assert one != other
    other.compact()
    assert one != other
    assert one != "t"


def test_a_copy_of_a_compact_tag_may_change_and_the_tag_does_not() -> None:
    tag = TagConfig.model_validate(GIVEN)
    tag.compact()
    copied = tag.model_copy(update={"address": "holding:2", "bit": 3})
    assert (copied.address, copied.bit, copied.unit) == ("holding:2", 3, "bar")
    assert (tag.address, tag.bit) == ("holding:1", None)
    assert "bit" not in tag.model_fields_set
    with pytest.raises(ValidationError):
        tag.unit = "mbar"
    with pytest.raises(AttributeError):
        _ = tag.no_such_thing
