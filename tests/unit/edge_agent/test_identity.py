"""Tag identities: what keeps a tag's history and what begins a new one; aliases never come back."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from edge_agent.buffer import aliases
from edge_agent.buffer.identity import Identity, Wanted
from schemas.errors import ConfigError
from schemas.wire.dictionary import TagEntry
from tests.unit.edge_agent.spool_making import open_at


def resolve(folder: Path, *tags: Wanted) -> dict[str, UUID]:
    return Identity(folder / "identity.json").resolve(tags)


def test_the_uuid_stays_over_restarts_labels_and_renames_that_say_was(tmp_path: Path) -> None:
    first = resolve(tmp_path, Wanted("c/a", "f", "°C"))["c/a"]
    assert resolve(tmp_path, Wanted("c/a", "f", "K"))["c/a"] == first
    assert resolve(tmp_path, Wanted("c/a", "f", "some label"))["c/a"] == first
    assert resolve(tmp_path, Wanted("c/b", "f", "°C", was="c/a"))["c/b"] == first
    assert resolve(tmp_path, Wanted("c/b", "f", "°C", was="c/a"))["c/b"] == first


@pytest.mark.parametrize(("kind", "unit"), [("i", "°C"), ("f", "bar")])
def test_a_new_kind_or_dimension_makes_a_new_tag(tmp_path: Path, kind: str, unit: str) -> None:
    first = resolve(tmp_path, Wanted("c/a", "f", "°C"))["c/a"]
    assert resolve(tmp_path, Wanted("c/a", kind, unit))["c/a"] != first  # type: ignore[arg-type]


def test_a_rename_without_was_makes_a_new_tag_and_the_old_one_may_return(tmp_path: Path) -> None:
    first = resolve(tmp_path, Wanted("c/a", "f", ""))["c/a"]
    assert resolve(tmp_path, Wanted("c/b", "f", ""))["c/b"] != first
    assert resolve(tmp_path, Wanted("c/a", "f", ""))["c/a"] == first


def test_a_newer_or_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "identity.json"
    path.write_text(json.dumps({"version": 2, "tags": {}}))
    with pytest.raises(ConfigError, match="newer"):
        Identity(path)
    path.write_text("{")
    with pytest.raises(ConfigError, match="cannot be read"):
        Identity(path)


def entry(uuid: UUID, key: str, **how: str) -> TagEntry:
    return TagEntry(0, uuid, key, "f", **how)  # type: ignore[arg-type]


def test_aliases_are_kept_never_reused_and_changes_are_told_once(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    a, b, c = uuid4(), uuid4(), uuid4()
    given, told = aliases.allocate(spool, [entry(a, "c/a"), entry(b, "c/b")])
    assert len(told) == 2
    again, told = aliases.allocate(spool, [entry(a, "c/a"), entry(b, "c/b")])
    assert (again, told) == (given, [])
    _, told = aliases.allocate(spool, [entry(a, "c/a", address="holding:9"), entry(c, "c/c")])
    assert {(t.key, t.retired) for t in aliases.read(spool, told)} == {("c/a", False), ("c/c", False), ("c/b", True)}
    back, told = aliases.allocate(spool, [entry(a, "c/a", address="holding:9"), entry(b, "c/b")])
    assert back[b] == given[b]
    assert {(t.key, t.retired) for t in aliases.read(spool, told)} == {("c/b", False), ("c/c", True)}
    assert len({t.alias for t in aliases.read_all(spool)}) == 3
