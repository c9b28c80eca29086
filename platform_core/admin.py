"""What can be done on the machine itself, without logging in: users and tokens. Whoever can write the data may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platform_core.auth.accounts import Accounts
from platform_core.auth.sessions import Sessions
from platform_core.db import Database, open_database
from platform_core.services.enrolment import BrokerPlace, Enrolment
from platform_core.settings import prepare_data_folder

ACTOR = "local"


@contextmanager
def _database(data: Path) -> Iterator[Database]:
    prepare_data_folder(data)
    database = open_database(data)
    try:
        yield database
    finally:
        database.close()


def add_user(data: Path, tenant: str, name: str, password: str, role: str) -> None:
    """Add a user with a role. Raises ``ConfigError``."""
    with _database(data) as database:
        accounts = Accounts(database)
        accounts.ensure_tenant(tenant)
        accounts.add_user(tenant, name, password, role, ACTOR)


def set_role(data: Path, tenant: str, name: str, role: str | None) -> None:
    """Change a user's role, or (None) take the user out of the tenant. Raises ``ConfigError``."""
    with _database(data) as database:
        Accounts(database).set_role(tenant, name, role, ACTOR)


def create_token(data: Path, tenant: str, name: str, role: str, lifetime_days: int | None = None) -> str:
    """A new API token, to be shown once. Raises ``ConfigError``."""
    with _database(data) as database:
        Accounts(database).ensure_tenant(tenant)
        return Sessions(database).new_api_token(tenant, name, role, ACTOR, lifetime_days=lifetime_days)


def revoke_token(data: Path, tenant: str, name: str) -> None:
    """End a token. Raises ``ConfigError``."""
    with _database(data) as database:
        Sessions(database).revoke_api_token(tenant, name, ACTOR)


@contextmanager
def enrolment(data: Path) -> Iterator[Enrolment]:
    """Bringing agents in. The trade itself is the platform's: only it knows where the broker is."""
    with _database(data) as database:
        yield Enrolment(database, data, BrokerPlace(""))
