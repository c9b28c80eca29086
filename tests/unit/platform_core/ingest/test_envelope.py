from __future__ import annotations

from uuid import UUID, uuid4

import msgpack
import numpy as np
import pytest

from platform_core.ingest.envelope import AHEAD_MAX_US, TIME_MIN_US, UnknownAliases, claimed_name, translate
from platform_core.ingest.places import TagPlace
from platform_core.ingest.streams import AliasMap
from schemas.errors import WireError
from schemas.wire.batch import make_batch, pack
from schemas.wire.columns import columns

NOW = 1_800_000_000_000_000


def aliases(**kinds):
    made = AliasMap()
    made.bind(
        TagPlace(100 + int(name[1:]), "factory", "e", "c", kind, 1000, int(name[1:])) for name, kind in kinds.items()
    )
    return made


def one(kind="f", alias=1, ts=NOW, q=0, v=1.0):
    return columns(kind, [alias], [ts], [q], [v])


def test_aliases_become_tag_ids_and_the_rest_is_untouched():
    found = translate([columns("f", [2, 1], [NOW, NOW + 1], [0, 64], [1.0, 2.0], [5, 6])], aliases(t1="f", t2="f"), NOW)
    (group,) = found.columns
    assert group.id.tolist() == [102, 101]
    assert (group.v.tolist(), group.q.tolist(), group.lag.tolist()) == ([1.0, 2.0], [0, 64], [5, 6])
    assert found.current[0] is group


@pytest.mark.parametrize("alias", [2, 255, 256, 2**32 - 1])
def test_an_alias_without_a_tag_is_unknown_however_large(alias):
    with pytest.raises(UnknownAliases):
        translate([one(), one(alias=alias)], aliases(t1="f"), NOW)


def test_a_group_of_another_kind_is_never_attributed():
    with pytest.raises(WireError) as caught:
        translate([one("i", v=1)], aliases(t1="f"), NOW)
    assert caught.value.code == "ingest.kind"


@pytest.mark.parametrize("ts", [-1, 4_102_444_800_000_000, 2**63 - 1, -(2**63)])
def test_a_time_that_no_store_can_hold_is_refused(ts):
    with pytest.raises(WireError) as caught:
        translate([one(ts=ts)], aliases(t1="f"), NOW)
    assert caught.value.code == "ingest.time"


@pytest.mark.parametrize(
    ("ts", "wrong"),
    [(NOW + AHEAD_MAX_US, False), (NOW + AHEAD_MAX_US + 1, True), (TIME_MIN_US, False), (TIME_MIN_US - 1, True)],
)
def test_an_impossible_time_is_marked_and_is_not_the_present(ts, wrong):
    found = translate([one(ts=ts)], aliases(t1="f"), NOW)
    assert found.impossible == int(wrong)
    assert found.columns[0].q.tolist() == [65 if wrong else 0]
    assert found.columns[0].ts.tolist() == [ts]
    assert found.current[0].ts.tolist() == [NOW if wrong else ts]


def test_an_impossible_time_makes_nothing_bad_good():
    found = translate([one(ts=1, q=129, v=0.0), one(ts=1, q=66)], aliases(t1="f"), NOW)
    assert [group.q.tolist() for group in found.columns] == [[129], [66]]


def test_a_number_that_is_none_is_bad():
    values = [float("nan"), float("inf"), -float("inf"), 1.0, float("nan")]
    found = translate([columns("f", [1] * 5, [NOW] * 5, [0, 64, 0, 0, 129], values)], aliases(t1="f"), NOW)
    assert found.columns[0].q.tolist() == [136, 136, 136, 0, 129]
    assert np.isfinite(found.columns[0].v).all()


def test_the_name_of_a_damaged_envelope_is_read_if_it_can_be():
    stream = uuid4()
    payload = pack(make_batch(stream, 7, "data", b"x" * 40, boot=1, wall=0, mono=0, rev="r"))
    broken = payload.replace(b"x" * 40, b"y" * 40)
    assert claimed_name(broken) is not None
    assert (claimed_name(broken).stream, claimed_name(broken).seq) == (stream, 7)
    packed = {"s": UUID(int=1).bytes, "k": "data"}
    for seq in (0, -1, "7", 2**64 - 1, True):
        assert claimed_name(msgpack.packb({**packed, "n": seq})) is None
    for rubbish in (b"", b"\xc1", b"\x00" * 100, msgpack.packb([1]), payload[:20]):
        assert claimed_name(rubbish) is None
