"""Secrets: encrypted at rest, named by the configuration, and in nothing that the agent says or exports."""

from __future__ import annotations

import base64
import json
import logging
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.drivers.http_json.config import HttpJsonConfig
from connectors.drivers.http_json.driver import _headers
from connectors.secret import stored_secret
from edge_agent.config import config_hash, load_config
from edge_agent.publish.mqtt import read_password
from edge_agent.secret_store.store import KEY_FILE, KEY_FILE_VARIABLE, KEY_VARIABLE, STORE_FILE, SecretStore
from schemas.errors import ConfigError
from tests.support.processes import ROOT

CANARY = "canary-7f3a91-Passwort-ä"
CONFIG = """version: 1
edge: line_1
broker: {url: 'mqtt://127.0.0.1:1', username: u, password_file: 'secret:broker'}
connections:
  - id: rest
    driver: http_json
    config: {base_url: 'http://127.0.0.1:1', username: u, password_file: 'secret:rest'}
    tags: [{name: a, address: '/x#/v', type: float64}]
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (KEY_VARIABLE, KEY_FILE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "agent.yaml"
    path.write_text(CONFIG)
    store = SecretStore(tmp_path / "data")
    store.put("broker", CANARY)
    store.put("rest", CANARY + "2")
    return path


def test_secrets_are_encrypted_on_disk_and_private(config: Path) -> None:
    data = config.parent / "data"
    for name in (STORE_FILE, KEY_FILE):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    everything = b"".join(path.read_bytes() for path in data.iterdir())
    for form in (CANARY.encode(), base64.b64encode(CANARY.encode()), CANARY.encode().hex().encode()):
        assert form not in everything
    assert SecretStore(data).find("broker") == CANARY
    assert SecretStore(data).names() == ["broker", "rest"]


def test_the_configuration_names_them_and_its_users_get_them(config: Path) -> None:
    loaded = load_config(config)
    assert read_password(loaded.config.broker, loaded.base) == CANARY
    headers = _headers(HttpJsonConfig.model_validate(loaded.config.connections[0].config))
    assert base64.b64decode(headers["Authorization"].split()[1]).decode() == f"u:{CANARY}2"
    assert stored_secret("secrets/plain.txt") is None


def test_what_is_said_or_exported_has_no_secret(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    loaded = load_config(config)
    read_password(loaded.config.broker, loaded.base)
    shown = [repr(loaded), loaded.config.model_dump_json(), config_hash(loaded.config), caplog.text]
    for command in (["check"], ["check", "--json"], ["secret", "list"], ["catalog"]):
        arguments = [] if command == ["catalog"] else ["-c", str(config)]
        done = subprocess.run(
            [sys.executable, "-m", "edge_agent", *command, *arguments], capture_output=True, text=True, cwd=ROOT,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        shown += [done.stdout, done.stderr]
    assert all("canary" not in text for text in shown)


def test_a_missing_secret_is_told_with_its_line(config: Path) -> None:
    SecretStore(config.parent / "data").remove("rest")
    SecretStore(config.parent / "data").remove("broker")
    with pytest.raises(ConfigError) as caught:
        load_config(config)
    assert [(p.code, p.line) for p in caught.value.problems] == [("secret.unknown", 3), ("secret.unknown", 7)]
    assert "edge-agent secret set rest" in caught.value.problems[1].hint


def test_another_key_or_a_changed_file_gives_no_secret(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = config.parent / "data"
    store = SecretStore(data)
    document = json.loads((data / STORE_FILE).read_text())
    both = document["secrets"]
    both["broker"], both["rest"] = both["rest"], both["broker"]
    original = (data / STORE_FILE).read_text()
    (data / STORE_FILE).write_text(json.dumps(document))
    with pytest.raises(ConfigError, match="cannot be decrypted"):
        store.find("broker")
    (data / STORE_FILE).write_text(original)
    monkeypatch.setenv(KEY_VARIABLE, base64.urlsafe_b64encode(bytes(32)).decode())
    with pytest.raises(ConfigError, match="cannot be decrypted"):
        store.find("broker")


def test_a_key_from_elsewhere_leaves_none_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setenv(KEY_FILE_VARIABLE, str(tmp_path / "elsewhere.key"))
    store = SecretStore(tmp_path / "data")
    store.put("x", "y")
    assert [path.name for path in (tmp_path / "data").iterdir()] == [STORE_FILE]
    assert store.find("x") == "y"
    (tmp_path / "elsewhere.key").unlink()
    with pytest.raises(ConfigError) as caught:
        store.find("x")
    assert caught.value.code == "secret.key"


@pytest.mark.parametrize(
    ("name", "text"), [("A b", "x"), ("../x", "x"), ("ok", ""), ("ok", "a\nb"), ("ok", "x" * 4097)]
)
def test_what_is_no_secret_is_refused(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigError):
        SecretStore(tmp_path).put(name, text)


def test_the_command_takes_the_secret_from_its_input_alone(config: Path) -> None:
    line = [sys.executable, "-m", "edge_agent", "secret", "set", "new_one", "-c", str(config)]
    done = subprocess.run(line, input=CANARY + "\n", capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "canary" not in done.stdout + done.stderr
    assert SecretStore(config.parent / "data").find("new_one") == CANARY
