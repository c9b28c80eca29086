"""The file of enrolled broker users, for whoever configures the broker.

`broker_users.json` (0600) in the platform's data folder: `{"version": 1, "users": [{tenant, edge, user, password}]}`.
The platform writes it as a whole; `interlock up` and `interlock broker-users` turn it into the broker's own
configuration. The broker needs the passwords, so they are here and nowhere else on this side.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from schemas.errors import ConfigError

FILE_NAME = "broker_users.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """One agent's user. The broker gives it the topics of its own edge."""

    tenant: str
    edge: str
    user: str
    password: str = field(repr=False)


class BrokerUsers:
    """Reads and replaces the file. Called within the write transaction of the database: one at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def put(self, user: BrokerUser) -> None:
        """Add the agent's user, or replace it. Raises OSError, and ConfigError where the file cannot be understood."""
        self._replace([*self._others(user.tenant, user.edge), user])

    def remove(self, tenant: str, edge: str) -> None:
        """The agent has no user any longer."""
        self._replace(self._others(tenant, edge))

    def _others(self, tenant: str, edge: str) -> list[BrokerUser]:
        return [one for one in self._read() if (one.tenant, one.edge) != (tenant, edge)]

    def _read(self) -> list[BrokerUser]:
        try:
            document = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return []
        except ValueError as error:
            raise ConfigError("enrol.users", f"{FILE_NAME} cannot be read.", hint="Put back a copy of it.") from error
        try:
            if document["version"] != VERSION:
                raise ConfigError("enrol.users", f"{FILE_NAME} was written by a newer Interlock.")
            return [BrokerUser(**user) for user in document["users"]]
        except (KeyError, TypeError) as error:
            raise ConfigError("enrol.users", f"{FILE_NAME} cannot be read.", hint="Put back a copy of it.") from error

    def _replace(self, users: list[BrokerUser]) -> None:
        rows = [asdict(user) for user in sorted(users, key=lambda one: (one.tenant, one.edge))]
        text = json.dumps({"version": VERSION, "users": rows}, indent=1) + "\n"
        temporary = self._path.with_name(f".{FILE_NAME}.new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._path)
