"""Accounts: the set-up link, passwords, lockout, sessions, tokens. Clocks are turned by hand."""

import sqlite3
import statistics
import threading
import time

import pytest
from argon2 import PasswordHasher
from sqlmodel import select

from platform_core.auth import passwords
from platform_core.auth.accounts import Accounts, TooManyAttempts
from platform_core.auth.sessions import ABSOLUTE_US, IDLE_US, Sessions
from platform_core.db import open_database
from platform_core.db.accounts import AuditRow
from schemas.errors import AuthError, ConfigError

PASSWORD = "copper kettle on the roof"
SECOND = 1_000_000


@pytest.fixture
def cheap(monkeypatch):
    """Most tests are not about the work of a password check, and skip it."""
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody has this"))


class Clock:
    def __init__(self):
        self.now = 1_764_000_000_000_000

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def accounts(database, clock):
    made = Accounts(database, clock)
    made.ensure_tenant("factory")
    return made


@pytest.fixture
def sessions(database, clock):
    return Sessions(database, clock)


def test_the_setup_link_makes_one_administrator_once(accounts, cheap):
    token = accounts.new_setup_token("factory")
    assert len(token) >= 22  # 128 bits in base64
    account = accounts.set_up(token, "Mona", PASSWORD)
    assert (account.name, account.role, account.tenant) == ("Mona", "admin", "factory")
    with pytest.raises(AuthError):
        accounts.set_up(token, "Eve", PASSWORD)
    assert accounts.new_setup_token("factory") is None


def test_a_setup_link_expires_and_a_newer_one_replaces_it(accounts, clock, cheap):
    old = accounts.new_setup_token("factory")
    new = accounts.new_setup_token("factory")
    with pytest.raises(AuthError):
        accounts.set_up(old, "Eve", PASSWORD)
    clock.now += 25 * 3600 * SECOND
    with pytest.raises(AuthError):
        accounts.set_up(new, "Mona", PASSWORD)


def test_a_setup_link_is_useless_once_an_administrator_exists(accounts, cheap):
    token = accounts.new_setup_token("factory")
    accounts.add_user("factory", "Mona", PASSWORD, "admin", "local")
    with pytest.raises(AuthError):
        accounts.set_up(token, "Eve", PASSWORD)


def test_no_secret_is_in_the_database_file(tmp_path, accounts, sessions):
    setup = accounts.new_setup_token("factory")
    session = sessions.start(accounts.set_up(setup, "Mona", PASSWORD))
    token = sessions.new_api_token("factory", "script", "viewer", "local")
    content = (tmp_path / "platform.db").read_bytes()
    assert [secret for secret in (setup, session, token, PASSWORD) if secret.encode() in content] == []
    with sqlite3.connect(tmp_path / "platform.db") as raw:
        (stored,) = raw.execute("SELECT password_hash FROM user").fetchone()
    raw.close()
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize("bad", ["short", "a" * 30, "password1234", "interlock1234", "mona mona mona", "x" * 201])
def test_easy_passwords_are_refused(accounts, bad, cheap):
    with pytest.raises(ConfigError) as caught:
        accounts.add_user("factory", "mona", bad, "viewer", "local")
    assert caught.value.code == "account.password"


def test_names_are_compared_without_case_and_taken_once(accounts, cheap):
    accounts.add_user("factory", "Mona", PASSWORD, "viewer", "local")
    with pytest.raises(ConfigError) as caught:
        accounts.add_user("factory", " MONA ", PASSWORD, "admin", "local")
    assert caught.value.code == "account.taken"
    assert accounts.log_in("mona", PASSWORD, "10.0.0.1").role == "viewer"


def _wrong(accounts, name, address="10.0.0.1", password="not the password"):
    with pytest.raises(AuthError) as caught:
        accounts.log_in(name, password, address)
    return caught.value


def test_failures_lock_the_account_for_a_growing_time(accounts, clock, cheap):
    accounts.add_user("factory", "mona", PASSWORD, "viewer", "local")
    for _ in range(5):
        _wrong(accounts, "mona")
    for expected in (1, 2, 4, 8, 16, 32, 60, 60):
        locked = _wrong(accounts, "mona", password=PASSWORD)
        assert isinstance(locked, TooManyAttempts)
        assert locked.retry_after_s == expected
        clock.now += expected * SECOND
        assert not isinstance(_wrong(accounts, "mona"), TooManyAttempts)
    clock.now += 60 * SECOND
    assert accounts.log_in("mona", PASSWORD, "10.0.0.9").name == "mona"


def test_an_unknown_name_is_locked_in_the_same_way(accounts, cheap):
    known, unknown = [], []
    accounts.add_user("factory", "mona", PASSWORD, "viewer", "local")
    for name, answers, address in (("mona", known, "10.0.0.1"), ("nobody", unknown, "10.0.0.2")):
        for _ in range(7):
            error = _wrong(accounts, name, address)
            answers.append((error.code, error.message, error.hint))
    assert known == unknown
    assert known[0][0] == "auth.wrong"
    assert known[-1][0] == "auth.wait"


def test_an_unknown_name_takes_as_long(accounts):
    accounts.add_user("factory", "mona", PASSWORD, "viewer", "local")

    def took(name, n):
        started = time.perf_counter()
        _wrong(accounts, name, f"10.0.1.{n}")
        return time.perf_counter() - started

    pairs = [(took("mona", n), took(f"nobody{n}", n + 10)) for n in range(4)]
    known, unknown = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert 0.3 < unknown / known < 3.0  # without the same work it is below 0.1


def test_one_address_trying_many_names_is_locked(accounts, cheap):
    for n in range(20):
        _wrong(accounts, f"name{n}", "10.9.9.9")
    assert isinstance(_wrong(accounts, "another", "10.9.9.9"), TooManyAttempts)
    assert not isinstance(_wrong(accounts, "another", "10.9.9.8"), TooManyAttempts)


def test_a_restart_forgives_nothing(tmp_path, database, accounts, clock, cheap):
    for _ in range(6):
        _wrong(accounts, "mona")
    again = Accounts(database, clock)
    assert isinstance(_wrong(again, "mona"), TooManyAttempts)


def test_sessions_end_idle_absolute_and_by_logout(accounts, sessions, clock, cheap):
    account = accounts.add_user("factory", "mona", PASSWORD, "builder", "local")
    token = sessions.start(account)
    assert sessions.find(token).role == "builder"
    assert sessions.find(token + "x") is None
    clock.now += IDLE_US - SECOND
    assert sessions.find(token) is not None  # and this is a use
    clock.now += IDLE_US - SECOND
    assert sessions.find(token) is not None
    clock.now += IDLE_US
    assert sessions.find(token) is None
    token = sessions.start(account)
    end = clock.now + ABSOLUTE_US
    while clock.now + IDLE_US // 2 < end:
        clock.now += IDLE_US // 2
        assert sessions.find(token) is not None
    clock.now = end
    assert sessions.find(token) is None
    token = sessions.start(account)
    sessions.end(token)
    assert sessions.find(token) is None


def test_a_changed_role_holds_at_once(accounts, sessions, cheap):
    account = accounts.add_user("factory", "mona", PASSWORD, "admin", "local")
    token = sessions.start(account)
    accounts.set_role("factory", "Mona", "viewer", "local")
    assert sessions.find(token).role == "viewer"
    accounts.set_role("factory", "mona", None, "local")
    assert sessions.find(token) is None
    assert _wrong(accounts, "mona", password=PASSWORD).code == "auth.wrong"


def test_api_tokens_expire_and_can_be_revoked(sessions, accounts, clock, cheap):
    token = sessions.new_api_token("factory", "script", "operator", "local", lifetime_days=1)
    principal = sessions.find_api_token(token)
    assert (principal.role, principal.tenant, principal.kind) == ("operator", "factory", "token")
    with pytest.raises(ConfigError):
        sessions.new_api_token("factory", "script", "admin", "local")
    clock.now += 86_400 * SECOND
    assert sessions.find_api_token(token) is None
    lasting = sessions.new_api_token("factory", "other", "viewer", "local")
    sessions.revoke_api_token("factory", "other", "local")
    assert sessions.find_api_token(lasting) is None


def test_a_session_secret_is_no_api_token_and_the_other_way(accounts, sessions, cheap):
    account = accounts.add_user("factory", "mona", PASSWORD, "admin", "local")
    assert sessions.find_api_token(sessions.start(account)) is None
    assert sessions.find(sessions.new_api_token("factory", "x", "admin", "local")) is None


def test_logins_and_changes_are_audited(database, accounts, sessions, cheap):
    account = accounts.add_user("factory", "mona", PASSWORD, "admin", "local")
    _wrong(accounts, "mona", "10.0.0.7")
    sessions.start(account, "10.0.0.8")
    with database.read() as session:
        rows = [(row.action, row.outcome, row.address) for row in session.exec(select(AuditRow))]
    assert rows == [
        ("account.add", "done", ""),
        ("session.start", "refused", "10.0.0.7"),
        ("session.start", "done", "10.0.0.8"),
    ]


def test_verify_without_a_hash_is_never_right():
    assert passwords.verify(None, "c1d0a8f2-no-one-has-this-password") is False


def test_a_crowd_at_the_login_is_turned_away_at_once(monkeypatch):
    go_on = threading.Event()

    class Slow:
        def verify(self, stored, password):
            go_on.wait(10)

    monkeypatch.setattr(passwords, "_HASHER", Slow())
    crowd = passwords.CHECKS_AT_ONCE + passwords.WAITING_MAX
    checks = [threading.Thread(target=passwords.verify, args=("x", "y")) for _ in range(crowd)]
    for check in checks:
        check.start()
    refused = None
    deadline = time.monotonic() + 5
    while refused is None and time.monotonic() < deadline:
        if passwords._QUEUE.acquire(blocking=False):  # not all of them are there yet
            passwords._QUEUE.release()
            continue
        with pytest.raises(AuthError) as refused:
            passwords.verify("x", "y")
    go_on.set()
    for check in checks:
        check.join(10)
    assert refused.value.code == "auth.busy"
    assert passwords.verify("x", "y") is True  # and then everyone is served again
