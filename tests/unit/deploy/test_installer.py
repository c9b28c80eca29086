"""The steps of the offline installer: whose bundle is taken, which version is in place, how one on trial is judged."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ROOT = Path(__file__).resolve().parents[3]
THIS = Path(sys.prefix)


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The package beside install.py, as it lies in a bundle."""
    monkeypatch.syspath_prepend(str(ROOT / "deploy/edge/offline"))
    import installer.bundle_check
    import installer.service
    import installer.trial
    import installer.versions

    yield installer
    for name in [name for name in sys.modules if name.partition(".")[0] == "installer"]:
        del sys.modules[name]


def a_bundle(folder: Path, key: Ed25519PrivateKey | None) -> Path:
    folder.mkdir()
    (folder / "wheels").mkdir()
    if key is not None:
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / "publisher.pem").write_bytes(public)
    (folder / "install.py").write_text("steps")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    text = "".join(f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.relative_to(folder)}\n" for one in files)
    (folder / "SHA256SUMS").write_text(text)
    if key is not None:
        (folder / "SHA256SUMS.sig").write_bytes(key.sign((folder / "SHA256SUMS").read_bytes()))
    return folder


def test_with_a_publisher_only_what_it_has_signed_is_taken(installer: Any, tmp_path: Path) -> None:
    key, target = Ed25519PrivateKey.generate(), tmp_path / "target"
    signed = a_bundle(tmp_path / "signed", key)
    check, refused = installer.bundle_check.check_signature, installer.versions.Refused
    check(signed, target, None)
    assert (target / "publisher.pem").read_bytes() == (signed / "publisher.pem").read_bytes()
    check(signed, target, THIS)
    with pytest.raises(refused, match="was not made by the publisher"):
        check(a_bundle(tmp_path / "other", Ed25519PrivateKey.generate()), target, THIS)
    with pytest.raises(refused, match="is not signed"):
        check(a_bundle(tmp_path / "unsigned", None), target, THIS)
    (signed / "SHA256SUMS").write_text("changed later\n")
    with pytest.raises(refused, match="was not made by the publisher"):
        check(signed, target, THIS)
    with pytest.raises(refused, match="only be checked by an installed agent"):
        check(signed, target, None)


def test_without_a_publisher_nothing_is_asked_and_an_installed_agent_does_not_get_one_by_an_update(
    installer: Any, tmp_path: Path
) -> None:
    signed = a_bundle(tmp_path / "signed", Ed25519PrivateKey.generate())
    installer.bundle_check.check_signature(signed, tmp_path / "target", THIS)
    assert not (tmp_path / "target" / "publisher.pem").exists()


def made(versions: Any, name: str) -> Path:
    place: Path = versions.free_place(name)
    place.mkdir(parents=True)
    (place / "name").write_text(name)
    return place


def test_versions_change_places_by_one_link_and_the_one_before_stays(installer: Any, tmp_path: Path) -> None:
    versions = installer.versions.Versions(tmp_path)
    assert versions.current is None
    one = made(versions, "0.1.0")
    assert versions.take(one) is None
    two = made(versions, "0.2.0")
    assert versions.take(two) == one
    assert (versions.link / "name").read_text() == "0.2.0"
    assert versions.previous() == one
    three = made(versions, "0.2.0")
    assert three.name == "0.2.0-2"
    versions.take(three)
    versions.tidy(keep=())
    assert sorted(place.name for place in versions.folder.iterdir() if place.is_dir()) == ["0.2.0", "0.2.0-2"]
    versions.take(two)
    assert versions.previous() == three


def test_an_agent_installed_before_there_were_versions_is_kept_as_the_one_before(
    installer: Any, tmp_path: Path
) -> None:
    versions = installer.versions.Versions(tmp_path)
    versions.link.mkdir()
    (versions.link / "name").write_text("old")
    before = versions.take(made(versions, "0.2.0"))
    assert (before / "name").read_text() == "old"
    versions.take(before)
    assert (versions.link / "name").read_text() == "old"


@pytest.mark.parametrize(
    ("version", "is_refused"),
    [("0.0.9", True), ("0.1.0", False), ("0.1.0.dev3", True), ("0.10.0", False), ("0.1.0rc1", True), ("1.0", False)],
)
def test_an_older_version_is_refused_unless_meant(
    installer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_refused: bool
) -> None:
    versions = installer.versions.Versions(tmp_path)
    versions.take(made(versions, "0.1.0"))
    monkeypatch.setattr(installer.versions, "_ask", lambda *_: "0.1.0")
    versions.refuse_older(version, allowed=True)
    if is_refused:
        with pytest.raises(installer.versions.Refused, match="--allow-older"):
            versions.refuse_older(version, allowed=False)
    else:
        versions.refuse_older(version, allowed=False)


def test_there_is_no_way_back_from_a_newer_form_of_the_data(
    installer: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers = {"old": {"spool": 1, "identity": 1}, "new": {"spool": 2, "identity": 1, "more": 1}}
    monkeypatch.setattr(installer.versions, "_ask", lambda python, _: json.dumps(answers[python.parts[-3]]))
    versions = installer.versions.Versions(tmp_path)
    versions.refuse_new_form(tmp_path / "new", tmp_path / "old")
    with pytest.raises(installer.versions.Refused, match="keeps spool in a newer form"):
        versions.refuse_new_form(tmp_path / "old", tmp_path / "new")


def test_the_forms_are_those_of_the_installed_agent(installer: Any) -> None:
    code = "from edge_agent.forms import FORMS; print(sorted(FORMS))"
    assert installer.versions._ask(installer.versions.Versions.python_of(THIS), code) == "['identity', 'spool']"


BEFORE = {
    "version": "0.1.0",
    "broker_connected": True,
    "connections": [{"id": "a", "up": True}, {"id": "b", "up": False}],
}
AFTER = BEFORE | {"version": "0.2.0"}


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        (AFTER, ""),
        (AFTER | {"connections": [{"id": "a", "up": True}, {"id": "b", "up": True}]}, ""),
        (AFTER | {"connections": [{"id": "a", "up": False}, {"id": "b", "up": True}]}, "are down: a"),
        (AFTER | {"broker_connected": False}, "broker is not reached"),
        (AFTER | {"spool_failing": "disk full"}, "disk full"),
        (BEFORE, "still is version 0.1.0"),
        (None, "does not answer"),
    ],
)
def test_a_version_on_trial_may_do_nothing_worse(
    installer: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, now: Any, problem: str
) -> None:
    trial: ModuleType = installer.trial
    said = [BEFORE]
    monkeypatch.setattr(trial, "_status", lambda *_: said[0])
    look = trial.Look(tmp_path / "agent.yaml", installer.versions.Versions(tmp_path))
    said[0] = now
    found = trial.Trial([[sys.executable, "-c", ""]], [look], 0.0, "0.2.0").run()
    assert (problem in found) if problem else found == ""


def test_one_that_answers_now_and_then_is_not_steady(
    installer: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trial: ModuleType = installer.trial
    monkeypatch.setattr(trial, "EVERY_S", 0.01)
    answers = iter([BEFORE, *[AFTER, AFTER, None] * 10_000])
    monkeypatch.setattr(trial, "_status", lambda *_: next(answers))
    look = trial.Look(tmp_path / "agent.yaml", installer.versions.Versions(tmp_path))
    assert "does not answer" in trial.Trial([[sys.executable, "-c", ""]], [look], 0.5, "0.2.0").run()


def test_a_restart_that_fails_is_told(installer: Any) -> None:
    line = [sys.executable, "-c", "raise SystemExit(5)"]
    assert "code 5" in installer.trial.Trial([line], [], 0.0, "0.2.0").run()


def test_a_service_is_restarted_by_its_name_and_never_by_a_shell(installer: Any) -> None:
    commands = installer.service.restart_commands
    assert commands(None, None) == []
    assert commands("edge-agent@a; reboot", None)[-1][-1] == "edge-agent@a; reboot"
    assert commands(None, "docker restart 'my edge'") == [["docker", "restart", "my edge"]]
