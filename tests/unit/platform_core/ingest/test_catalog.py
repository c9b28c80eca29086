from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.edges import DeadLetterRow, EventRow, GapRow
from platform_core.db.engine import open_database
from platform_core.db.tags import TagRow
from platform_core.db.tenancy import TenantRow
from platform_core.ingest import catalog as catalog_module
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.places import DeadLetter
from platform_core.services.assets import Assets
from schemas.errors import WireError
from schemas.models.asset import Asset
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord
from schemas.wire.presence import Birth

STREAM = UUID(int=5)


@pytest.fixture
def database(tmp_path):
    made = open_database(tmp_path)
    with made.write() as session:
        for tenant in ("factory", "other"):
            session.add(TenantRow(id=tenant, name=tenant, created_ts=0))
    yield made
    made.close()


@pytest.fixture
def catalog(database):
    return Catalog(database)


def birth(stream=STREAM, machine="m"):
    return Birth(
        stream=str(stream), boot=1, conn_id="c", max_seq=0, machine=machine, agent_version="1", config_hash="h"
    )


def tag(alias, name, kind="f", uuid=None, **more):
    return TagEntry(alias=alias, uuid=uuid or uuid4(), key=f"press_1/{name}", kind=kind, **more)


def rows(database, model):
    from sqlmodel import select

    with database.read() as session:
        return list(session.exec(select(model)).all())


def test_a_declaration_repeated_changes_nothing(catalog, database):
    catalog.welcome("factory", "e", birth(), 1)
    entries = [tag(i, f"t{i}", asset="press_1", role=f"r{i}") for i in range(1, 6)]
    first = catalog.declare("factory", "e", STREAM, entries, 1)
    assert catalog.declare("factory", "e", STREAM, entries, 2) == first
    assert len(rows(database, TagRow)) == 5
    assert len(rows(database, RoleRow)) == 5
    assert len(rows(database, AssetRow)) == 1
    assert [place.alias for place in catalog.aliases("factory", STREAM)] == [1, 2, 3, 4, 5]


def test_the_same_uuid_on_another_edge_or_tenant_is_another_tag(catalog):
    uuid = uuid4()
    places = []
    for number, (tenant, edge) in enumerate((("factory", "a"), ("factory", "b"), ("other", "a"))):
        stream = UUID(int=100 + number)
        catalog.welcome(tenant, edge, birth(stream), 1)
        places += catalog.declare(tenant, edge, stream, [tag(1, "t", uuid=uuid)], 1)
    assert len({place.tag_id for place in places}) == 3


def test_a_new_stream_of_the_same_edge_finds_its_tags_again(catalog):
    uuid = uuid4()
    catalog.welcome("factory", "e", birth(), 1)
    (before,) = catalog.declare("factory", "e", STREAM, [tag(3, "t", uuid=uuid)], 1)
    catalog.welcome("factory", "e", birth(UUID(int=6)), 2)
    (after,) = catalog.declare("factory", "e", UUID(int=6), [tag(1, "t", uuid=uuid)], 2)
    assert (after.tag_id, after.alias) == (before.tag_id, 1)


def test_two_tags_under_one_alias_are_refused_and_leave_nothing_behind(catalog, database):
    catalog.welcome("factory", "e", birth(), 1)
    with pytest.raises(WireError) as caught:
        catalog.declare("factory", "e", STREAM, [tag(1, "a"), tag(1, "b")], 1)
    assert caught.value.code == "ingest.alias_reused"
    assert rows(database, TagRow) == []


def test_a_role_goes_to_a_new_tag_only_when_its_tag_is_retired(catalog, database):
    catalog.welcome("factory", "e", birth(), 1)
    old = tag(1, "old", asset="press_1", role="temperature")
    (first,) = catalog.declare("factory", "e", STREAM, [old], 1)
    rival = tag(2, "rival", asset="press_1", role="temperature")
    catalog.declare("factory", "e", STREAM, [rival], 2)
    assert [(row.tag_id, row.valid_from_ts) for row in rows(database, RoleRow)] == [(first.tag_id, 0)]
    retired = TagEntry(1, old.uuid, old.key, "f", asset="press_1", role="temperature", retired=True)
    catalog.declare("factory", "e", STREAM, [retired], 3)
    (second,) = catalog.declare("factory", "e", STREAM, [rival], 4)
    assert [(row.tag_id, row.valid_from_ts) for row in rows(database, RoleRow)] == [
        (first.tag_id, 0),
        (second.tag_id, 4),
    ]


def test_a_suggested_name_is_for_a_new_asset_alone(catalog, database):
    assets = Assets(database)
    catalog.welcome("factory", "e", birth(), 1)
    entries = [
        tag(1, "a", asset="press_1", role="a"),
        tag(2, "b", asset="press_1", asset_name="Press 1", role="b"),
        tag(3, "c", asset="press_2", role="c"),
        tag(4, "d", asset="press_3", asset_name="\u202e\x00", role="d"),
        tag(5, "e", asset="press_4", asset_name="压力机 4", role="e"),
    ]

    def names():
        return {asset["id"]: asset["name"] for asset in assets.assets("factory")}

    catalog.declare("factory", "e", STREAM, entries, 1)
    first = {"press_1": "Press 1", "press_2": "press_2", "press_3": "press_3", "press_4": "压力机 4"}
    assert names() == first
    assets.put_asset("factory", Asset(id="press_1", name="Big Bertha"), "ada")
    catalog.welcome("factory", "e", birth(UUID(int=6)), 2)
    again = [replace(entry, asset_name="Press 1, once more") for entry in entries]
    catalog.declare("factory", "e", STREAM, again, 2)
    catalog.declare("factory", "e", UUID(int=6), again, 3)
    assert names() == first | {"press_1": "Big Bertha"}


def test_names_by_language_come_with_a_new_asset_and_its_line_and_are_kept_when_people_change_them(catalog, database):
    assets = Assets(database)
    catalog.welcome("factory", "e", birth(), 1)
    place = {"asset": "press_1", "asset_parent": "line_9", "asset_parent_name": "Line 9"}
    names = {"asset_name": "Press 1", "asset_name_i18n": {"zh-CN": "1 号压力机", "en": "\u202e"}}
    line = {"asset_parent_name_i18n": {"zh-CN": "9 号线"}}
    entries = [tag(1, "a", role="a", **place, **names, **line), tag(2, "b", role="b", **place)]
    catalog.declare("factory", "e", STREAM, entries, 1)

    def found(asset):
        return next(one for one in assets.assets("factory") if one["id"] == asset)

    press, line_9 = found("press_1"), found("line_9")
    assert (press["name"], press["name_i18n"]) == ("Press 1", {"zh-CN": "1 号压力机"})
    assert (line_9["name"], line_9["name_i18n"]) == ("Line 9", {"zh-CN": "9 号线"})
    assets.put_asset("factory", Asset(id="press_1", name="Big Bertha"), "ada")
    assert "name_i18n" not in found("press_1")
    assets.put_asset("factory", Asset(id="press_1", name="Big Bertha", name_i18n={"zh-CN": "大贝莎"}), "ada")
    catalog.declare("factory", "e", STREAM, entries, 2)
    assert found("press_1")["name_i18n"] == {"zh-CN": "大贝莎"}


def test_a_stream_stays_with_the_edge_that_began_it(catalog):
    catalog.welcome("factory", "a", birth(machine="m1"), 1)
    mark = catalog.welcome("factory", "b", birth(machine="m2"), 2)
    assert (mark.edge, mark.machine) == ("a", "m1")
    assert catalog.welcome("other", "b", birth(machine="m3"), 3).machine == "m3"


def test_gaps_and_events_of_a_batch_are_kept_once(catalog, database):
    mark = catalog.welcome("factory", "e", birth(), 1)
    gaps = [GapRecord("dropped", "full", "", 1, 2, n, "points") for n in (1, None)]
    for _ in range(2):
        catalog.record_gaps(mark, 9, gaps, 1)
        catalog.record_events(mark, 10, [{"kind": "start", "ts": "rubbish"}, {"x": b"\x00"}], 7)
    assert sorted(str(row.n) for row in rows(database, GapRow)) == ["1", "None"]
    assert [(row.kind, row.ts) for row in rows(database, EventRow)] == [("start", 7), ("", 7)]


def test_dead_letters_are_bounded_per_tenant(catalog, database, monkeypatch):
    monkeypatch.setattr(catalog_module, "DEAD_KEPT_ROWS", 5)
    monkeypatch.setattr(catalog_module, "DEAD_KEPT_BYTES", 100)
    for seq in range(1, 11):
        catalog.bury(DeadLetter("factory", "e", STREAM, seq, "c", "r", b"x" * 10, seq))
        catalog.bury(DeadLetter("factory", "e", STREAM, seq, "c", "r", b"x" * 10, seq))
    assert [row.seq for row in rows(database, DeadLetterRow)] == [6, 7, 8, 9, 10]
    catalog.bury(DeadLetter("factory", "e", None, None, "c", "r", b"y" * 90, 11))
    assert [len(row.raw) for row in rows(database, DeadLetterRow)] == [10, 90]
    catalog.bury(DeadLetter("other", "e", None, None, "c", "r", b"z" * 1000, 12))
    assert catalog.dead_letters("factory") == 2
    assert catalog.dead_letters("other") == 1


def test_a_lease_is_one_holders_until_it_ends_or_is_given_back(catalog):
    catalog.welcome("factory", "e", birth(), 1)
    assert catalog.lease("factory", STREAM, "a", 100, 200)
    assert catalog.lease("factory", STREAM, "a", 150, 250)
    assert not catalog.lease("factory", STREAM, "b", 240, 340)
    catalog.renew("a", 400)
    assert not catalog.lease("factory", STREAM, "b", 300, 500)
    assert catalog.lease("factory", STREAM, "b", 400, 500)
    catalog.release("b")
    assert catalog.lease("factory", STREAM, "a", 401, 500)
    assert not catalog.lease("factory", uuid4(), "a", 401, 500)
