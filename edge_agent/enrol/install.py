"""What the platform gave, put where the agent finds it: password and CA into the data folder, the rest into agent.yaml.

An agent.yaml that is there keeps everything else as it is written, comments included.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from edge_agent.enrol.client_certificate import ACCESS_FOLDER, CLIENT_FILE, STATE_FILE, keep
from edge_agent.enrol.trade import Admission
from edge_agent.private_file import write_private
from edge_agent.yaml_lines import read_yaml
from schemas.errors import ConfigError, InterlockError

PASSWORD_FILE, CA_FILE = "broker_password.txt", "broker_ca.pem"
PLATFORM_CA_FILE = "platform_ca.pem"
REPLACED = ("tenant", "edge", "broker")
_NEW = "# What this agent collects: add connections, then `edge-agent check` and `edge-agent run`.\n"


def data_dir_of(config: Path) -> tuple[str, str]:
    """Text of an agent.yaml ("" where there is none) and its data_dir. Raises ConfigError where it is no YAML."""
    try:
        text = config.read_text("utf-8") if config.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("config.unreadable", f"{config} cannot be read: {error}") from error
    document = read_yaml(text).data if text.strip() else {}
    if document is not None and not isinstance(document, dict):
        raise ConfigError("config.invalid", f"{config} is not a mapping", hint="Give another file with -c FILE.")
    return text, str((document or {}).get("data_dir", "data"))


def check_place(config: Path) -> None:
    """Before the token is used up: whether everything could be written. Raises ConfigError, InterlockError."""
    _, data_dir = data_dir_of(config)
    folder = config.resolve().parent / data_dir / ACCESS_FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        write_private(probe, b"")
        probe.unlink()
    except OSError as error:
        raise InterlockError("enrol.folder", f"{folder} cannot be written: {error.strerror}") from error


def install(
    config: Path, admission: Admission, *, key: str = "", platform: str = "", platform_ca: Path | None = None
) -> dict[str, Any]:
    """Writes secrets first, then the configuration that names them; returns its broker section.

    `key` is that of the certificate it was given; `platform` and `platform_ca`: where that is renewed. Raises
    InterlockError.
    """
    text, data_dir = data_dir_of(config)
    base = config.resolve().parent
    access = Path(data_dir) / ACCESS_FOLDER
    broker: dict[str, Any] = {
        "url": admission.url, "username": admission.username, "password_file": (access / PASSWORD_FILE).as_posix(),
    }  # fmt: skip
    if admission.ca:
        broker["ca_file"] = (access / CA_FILE).as_posix()
    if admission.certificate:
        broker["cert_file"] = broker["key_file"] = (access / CLIENT_FILE).as_posix()
    if admission.bucket:
        broker["bucket"] = admission.bucket
    sections = {"tenant": admission.tenant, "edge": admission.edge, "broker": broker}
    try:
        write_private(base / access / PASSWORD_FILE, admission.password.encode() + b"\n")
        if admission.ca:
            write_private(base / access / CA_FILE, admission.ca.encode())
        if admission.certificate:
            _keep_certificate(base / access, key, admission.certificate, platform, platform_ca)
        else:
            (base / access / STATE_FILE).unlink(missing_ok=True)
        if text.strip():
            write_private(config.with_name(config.name + ".before_enrolment"), text.encode())
            written = with_sections(text, sections)
        else:
            written = _NEW + yaml.safe_dump({"version": 1, **sections, "connections": []}, sort_keys=False)
        write_private(config.resolve(), written.encode())
    except OSError as error:
        raise InterlockError(
            "enrol.write", f"{error.filename} cannot be written: {error.strerror}",
            hint="The token is used up: have a new one made when this is mended.",
        ) from error  # fmt: skip
    return broker


def _keep_certificate(folder: Path, key: str, certificate: str, platform: str, platform_ca: Path | None) -> None:
    if platform_ca is not None:
        write_private(folder / PLATFORM_CA_FILE, platform_ca.read_bytes())
    keep(folder, key, certificate, platform, "" if platform_ca is None else str(folder / PLATFORM_CA_FILE))


def with_sections(text: str, sections: dict[str, Any]) -> str:
    """The YAML text with these top-level keys replaced, or added at its end; every other line stays as it is."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise ConfigError("config.invalid", "the configuration is not a mapping of one key per line")
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = [key.start_mark.line for key, _ in node.value] + [len(lines)]
    out = lines[: starts[0]]
    missing = dict(sections)
    for at, (key, _) in enumerate(node.value):
        part = lines[starts[at] : starts[at + 1]]
        if key.value in missing:
            kept = len(part)
            while kept > 1 and (not part[kept - 1].strip() or part[kept - 1].startswith(("#", "..."))):
                kept -= 1  # blank lines and comments that stand before the next key
            out += [_dump(key.value, missing.pop(key.value)), *part[kept:]]
        else:
            out += part
    return "".join(out) + "".join(_dump(key, value) for key, value in missing.items())


def _dump(key: str, value: Any) -> str:
    dumped: str = yaml.safe_dump({key: value}, sort_keys=False, allow_unicode=True)
    return dumped
