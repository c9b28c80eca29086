"""agent.yaml: read whole, checked whole. Every problem is found at once, each with its line, what is
wrong and what to write instead; nothing here touches the network."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from connectors import registry
from connectors.driver import Driver, Plan
from connectors.own_folder import keep_below
from connectors.secret import SCHEME, look_up_with
from edge_agent.calculated.rules import check_calculated, check_reserved
from edge_agent.calculated.section import read_tags
from edge_agent.change_rules import check_changes
from edge_agent.cross_check import check_connection, check_connections, check_metric_names, check_told
from edge_agent.distinct_tags import DistinctTags
from edge_agent.expand import ExpandedConnection, Origin, expand_connections
from edge_agent.line_check import check_lines
from edge_agent.plain_words import invalid, near_word, problems_of, suggestion
from edge_agent.secret_store.references import check_secrets
from edge_agent.secret_store.store import SecretStore
from edge_agent.versions.pending import finish_pending
from edge_agent.write_rules import Judged, check_write_rules
from edge_agent.yaml_lines import Located, pointer, read_yaml
from schemas.errors import ConfigError, Problem
from schemas.models.agent import AgentConfig, BrokerConfig
from schemas.models.connection import ConnectionConfig, TimeConfig
from schemas.models.tag import DataType, TagConfig

SIZE_MAX_BYTES = 32 * 1024 * 1024
_TAG_DEFAULTS = TagConfig(name="-", address="-").model_dump(mode="json", exclude={"name", "address"})


@dataclass(slots=True, frozen=True)
class LoadedConfig:
    """A configuration without problems; `base` is the folder its relative paths start from."""

    config: AgentConfig
    base: Path
    hash: str
    sheets: tuple[str, ...] = ()
    """The files of tags it refers to, relative to `base`."""
    origins: tuple[Origin, ...] = ()
    """Where the tags of each connection are written."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Key of a tag → the key it had last, where going back to this configuration undoes a rename."""
    rows: frozenset[str] = frozenset()
    """Connections whose samples are recorded rows."""
    told: frozenset[str] = frozenset()
    """Connections that tell changes and are not asked each cycle."""
    path: Path | None = None
    """The machine's own file; None where it was read from text."""
    pushed: str = ""
    """Hash of the platform's text whose connections hold instead of the file's own; "" where those hold."""

    @property
    def data_dir(self) -> Path:
        """The folder of spool and identity."""
        return self.base / self.config.data_dir


def load_config(path: Path) -> LoadedConfig:
    """The configuration at `path`; a change of it that was begun is finished first.

    Raises ConfigError with every problem found.
    """
    finish_pending(path)
    return replace(parse_config(read_config_text(path), base=path.resolve().parent), path=path)


def read_config_text(path: Path) -> str:
    """The text at `path`, its line ends as they are. Raises ConfigError."""
    try:
        if path.stat().st_size > SIZE_MAX_BYTES:
            raise ConfigError("config.too_large", f"{path} is larger than {SIZE_MAX_BYTES >> 20} MiB")
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError(
            "config.unreadable", f"{path} cannot be read: {error.strerror}", hint="Give the file with -c FILE."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            "config.encoding", f"{path} is not UTF-8 text", hint="Save it as UTF-8 in your editor."
        ) from error


def parse_config(text: str, *, base: Path, sheets: Mapping[str, str] | None = None) -> LoadedConfig:
    """As `load_config`, from text; `sheets` has the content of files of tags instead of those below `base`."""
    located = read_yaml(text)
    if not isinstance(located.data, dict):
        problem = Problem("config.empty", "", "the file is not a mapping", "Begin with 'version: 1'.", 1)
        raise invalid([problem])
    checker = _Checker(located, base, sheets or {})
    config = checker.check()
    if config is None or checker.problems:
        raise invalid(checker.sorted_problems())
    read = tuple(dict.fromkeys(checker.sheets))
    loaded = LoadedConfig(config, base, config_hash(config), read, checker.origins)
    loaded = replace(loaded, rows=frozenset(checker.rows), told=frozenset(checker.told))
    look_up_with(SecretStore(loaded.data_dir).find)
    keep_below(loaded.data_dir)
    return loaded


def config_hash(config: AgentConfig) -> str:
    """A short hash of what the configuration says, not of how it is written: of its JSON with sorted keys.

    Connections go in one after another: the JSON of 100,000 tags as a whole would take half a gigabyte.
    """
    digest = hashlib.sha256()
    tags: dict[int, str] = {}
    connections = (_whole(connection, tags) for connection in config.connections)
    for piece in _pieces(config.model_dump(mode="json", exclude={"connections"}), "connections", connections):
        digest.update(piece.encode())
    return digest.hexdigest()[:16]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _pieces(content: dict[str, Any], key: str, items: Iterable[str]) -> Iterator[str]:
    """The JSON of an object with sorted keys, piece by piece; `items`: the JSON of the list that its `key` is."""
    for at, name in enumerate(sorted([*content, key])):
        yield f"{', ' if at else '{'}{_canonical(name)}: "
        if name != key:
            yield _canonical(content[name])
            continue
        yield "["
        for place, item in enumerate(items):
            yield f"{', ' if place else ''}{item}"
        yield "]"
    yield "}"


def _whole(connection: ConnectionConfig, known: dict[int, str]) -> str:
    """The JSON of a connection; `known`: that of each tag by its identity."""
    for tag in connection.tags:
        if id(tag) not in known:  # those that have let go of their defaults get them again
            known[id(tag)] = _canonical(_TAG_DEFAULTS | tag.model_dump(mode="json"))
    content = connection.model_dump(mode="json", exclude={"tags"})
    return "".join(_pieces(content, "tags", (known[id(tag)] for tag in connection.tags)))


def make_driver(connection: ConnectionConfig) -> Driver[Any]:
    """The driver of a connection, not connected. Raises ConfigError."""
    return registry.configure(connection.driver, connection.config)


class _Checker:
    def __init__(self, located: Located, base: Path, sheets: Mapping[str, str]) -> None:
        self._located, self._base, self._sheets = located, base, sheets
        self.problems: list[Problem] = []
        self._lines: dict[str, str] = {}
        self._drivers: list[tuple[str, str, Driver[Any]]] = []
        self._rows: dict[str, str] = {}
        self._judged: list[Judged] = []
        self._tags = DistinctTags()
        self._last_plan: Plan | None = None
        self.sheets: list[str] = []
        self.origins: tuple[Origin, ...] = ()
        self.rows: set[str] = set()
        self.told: set[str] = set()

    def check(self) -> AgentConfig | None:
        raw: dict[str, Any] = dict(self._located.data)
        self.problems += self._located.problems
        templates, connections_raw = raw.pop("templates", []), raw.pop("connections", [])
        expanded, problems, self._lines = expand_connections(templates, connections_raw, self._read_file)
        self.problems += problems
        section = raw.pop("calculated", [])
        for one in expanded:
            first = len(one.raw.get("tags", ())) - len(one.origin.rows)
            self._rows |= {
                pointer(pointer(one.path, "tags"), first + at): f"row {row} of {one.origin.tags_file}"
                for at, row in enumerate(one.origin.rows)
            }
        top = self._top(raw)
        self.origins = tuple(one.origin for one in expanded)
        connections = [self._connection(one) for one in expanded]
        self.problems += check_connections([(one.path, one.raw) for one in expanded])
        sound = [(one.path, conn) for one, conn in zip(expanded, connections, strict=True) if conn is not None]
        self.problems += check_write_rules(self._judged)
        self.problems += check_reserved([(one.path, one.raw.get("id")) for one in expanded], bool(section))
        unsound = {str(one.raw.get("id")) for one in expanded} - {conn.id for _, conn in sound}
        calculated, problems = check_calculated(section, read_tags([conn for _, conn in sound]), unsound)
        self.problems += problems
        if top is not None:
            names = [(at, broker.model_dump()) for at, broker in _brokers(top)]
            names += [(one.path, one.raw) for one in expanded]
            self.problems += check_secrets(self._base / top.data_dir, names)
        if raw.get("sparkplug"):
            self.problems += check_metric_names(sound)
        self.problems += check_lines(self._drivers)
        if top is None or any(one is None for one in connections) or self.problems:
            return None
        connected = tuple(one for one in connections if one)
        return top.model_copy(update={"connections": connected, "calculated": calculated})

    def _read_file(self, name: str) -> bytes:
        self.sheets.append(name)
        if name in self._sheets:
            return self._sheets[name].encode("utf-8", "surrogateescape")
        path = self._base / name
        if path.stat().st_size > SIZE_MAX_BYTES:
            raise ConfigError("config.too_large", f"it is larger than {SIZE_MAX_BYTES >> 20} MiB")
        return path.read_bytes()

    def _top(self, raw: dict[str, Any]) -> AgentConfig | None:
        try:
            config = AgentConfig.model_validate({**raw, "connections": []})
        except ValidationError as error:
            self.problems += problems_of(error, AgentConfig, "")
            return None
        for at, broker in _brokers(config):
            self._files(at, broker)
        return config

    def _files(self, at: str, broker: BrokerConfig) -> None:
        for key in ("password_file", "ca_file", "cert_file", "key_file"):
            name = getattr(broker, key)
            if name is not None and name.startswith(SCHEME) and key == "password_file":
                continue  # judged with the secrets of the connections
            if name is not None and not (self._base / name).is_file():
                self.problems.append(
                    Problem(
                        f"broker.{key}", f"{at}/{key}", f"there is no file {name}",
                        "The path starts at the folder of the configuration file.",
                    )
                )  # fmt: skip

    def _connection(self, one: ExpandedConnection) -> ConnectionConfig | None:
        connection: ConnectionConfig | None = None
        try:
            connection = ConnectionConfig.model_validate(self._tags.of(one.raw))
        except ValidationError as error:
            self.problems += self._say(problems_of(error, ConnectionConfig, one.path))
        driver = self._driver(one) if one.complete else None
        if connection is not None and driver is not None and driver.tells_rows:
            connection = _of_rows(connection)
            self.rows.add(connection.id)
        # Where one tag is wrong, the others are still judged: all problems at once.
        judged, places = (connection, None) if connection else _sound_part(one.raw)
        self._judged.append(_judged(one, judged, places))
        self.problems += check_connection(judged, one.path, places)
        if driver is not None and (driver.only_tells or one.raw.get("mode") == "subscribe"):
            self.problems += check_told(judged, one.path, places)
            self.told.add(judged.id)
        self.problems += check_changes(judged, one.path, places, told=driver is not None and driver.only_tells)
        if driver is not None:
            self._drivers.append((one.path, str(one.raw.get("id", "")), driver))
            self._plan(driver, judged, one.path, places)
        return connection

    def _say(self, problems: list[Problem]) -> list[Problem]:
        types = get_args(DataType)
        return [
            replace(
                p,
                hint=(near := suggestion(p.message.split("'")[1], types)),
                params={**p.params, "near": near_word(near)},
            )
            if p.code == "config.choice" and p.path.endswith("/type") and "'" in p.message
            else p
            for p in problems
        ]

    def _driver(self, one: ExpandedConnection) -> Driver[Any] | None:
        name = one.raw.get("driver")
        if not isinstance(name, str):
            return None
        if name not in registry.manifests():
            self.problems.append(
                Problem(
                    "driver.unknown", pointer(one.path, "driver"), f"there is no driver '{name}'",
                    near := suggestion(name, registry.manifests()), params={"name": name, "near": near_word(near)},
                )
            )  # fmt: skip
            return None
        if one.raw.get("mode") == "subscribe" and "subscribe" not in registry.manifests()[name].abilities:
            self.problems.append(
                Problem(
                    "config.mode", pointer(one.path, "mode"), f"the driver '{name}' cannot subscribe",
                    "Write 'mode: poll', or leave it out.",
                )
            )  # fmt: skip
        settings = one.raw.get("config", {})
        if not isinstance(settings, dict):
            return None
        try:
            return registry.configure(name, settings)
        except ConfigError as error:
            at = pointer(one.path, "config")
            if not error.problems:
                self.problems.append(Problem(error.code, at, error.message, error.hint))
            known = registry.manifests()[name].config_schema.get("properties", {})
            self.problems += [_driver_problem(problem, at, known) for problem in error.problems]
            return None

    def _plan(self, driver: Driver[Any], connection: ConnectionConfig, path: str, places: list[int] | None) -> None:
        # Kept until the next one: of machines that are read alike, it is made once.
        self._last_plan = plan = driver.plan(connection.tags)
        for found in plan.problems:
            at = pointer(pointer(path, "tags"), places[found.index] if places else found.index)
            self.problems.append(
                Problem("tag.address", pointer(at, "address"), found.message, found.hint, params={"why": found.message})
            )

    def sorted_problems(self) -> list[Problem]:
        """By line; problems of an expanded template point at the template's line."""
        placed = [problem if problem.line is not None else self._placed(problem) for problem in self.problems]
        unique = {(p.line, p.path, p.message): p for p in placed}
        return sorted(unique.values(), key=lambda p: (p.line or 0, p.path))

    def _placed(self, problem: Problem) -> Problem:
        path, rest = problem.path, ""
        while path and path not in self._lines:
            path, _, last = path.rpartition("/")
            rest = f"/{last}{rest}"
        source = self._lines[path] + rest if path in self._lines else problem.path
        row = self._rows.get(path)
        message = problem.message if row is None else f"{row}: {problem.message}"
        return replace(problem, message=message, line=self._located.line(source))


def _of_rows(connection: ConnectionConfig) -> ConnectionConfig:
    """Recorded rows have times of their own and count each, unless the configuration says otherwise."""
    meant: dict[str, Any] = {}
    if "time" not in connection.model_fields_set:
        meant["time"] = TimeConfig(source="device", skew_max_s=None)
    if "mode" not in connection.report.model_fields_set:
        meant["report"] = connection.report.model_copy(update={"mode": "always"})
    return connection.model_copy(update=meant)


def _brokers(config: AgentConfig) -> Iterator[tuple[str, BrokerConfig]]:
    yield "/broker", config.broker
    for name in ("sparkplug", "json_topics"):
        feed = getattr(config, name)
        if feed is not None and feed.broker is not None:
            yield f"/{name}/broker", feed.broker


def _sound_part(raw: dict[str, Any]) -> tuple[ConnectionConfig, list[int]]:
    """The tags that are right by themselves, and their places in the list."""
    tags = raw.get("tags", [])
    sound: list[TagConfig] = []
    places: list[int] = []
    for place, tag in enumerate(tags if isinstance(tags, list) else []):
        with contextlib.suppress(ValidationError):
            sound.append(TagConfig.model_validate(tag))
            places.append(place)
    return ConnectionConfig(id="x", driver="x", tags=tuple(sound)), places


def _judged(one: ExpandedConnection, sound: ConnectionConfig, places: list[int] | None) -> Judged:
    tags = one.raw.get("tags", [])
    unsound: set[str] | None = None
    if one.complete and one.all_tags and isinstance(tags, list):
        names = {str(tag.get("name")) for tag in tags if isinstance(tag, dict)}
        unsound = names - {tag.name for tag in sound.tags}
    where = range(len(sound.tags)) if places is None else places
    return Judged(one.path, str(one.raw.get("id")), str(one.raw.get("driver")), sound.tags, where, unsound)


def _driver_problem(problem: Problem, at: str, known: dict[str, Any]) -> Problem:
    name = problem.path.rpartition("/")[2]
    if problem.path.count("/") == 1 and name not in known:
        near = suggestion(name, known)
        return Problem(
            "config.unknown_key", at + problem.path, f"there is no key '{name}' here", near,
            params={"name": name, "near": near_word(near)},
        )  # fmt: skip
    message = f"'{name}' is missing" if problem.message == "Field required" else problem.message
    return replace(problem, path=at + problem.path, message=message, params={"why": message})
