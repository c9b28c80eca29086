"""Users of enrolled agents for a mosquitto of one's own: lines of its password file and its ACL file.

Both files may hold other users: only what stands between our two marks is ours, all else stays as it is written.
Then the broker is asked to read them again (SIGHUP): it keeps the connections of users that are still there, and ends
those of users whose password is gone.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from interlock.broker import core_rights, edge_rights
from interlock.enrolled import EnrolledUser, Follower, read_enrolled, reload_broker

BEGIN: Final = "# interlock: begin; written by `interlock broker-users`, changes between these marks are lost"
END: Final = "# interlock: end"
#: As mosquitto_passwd 2 writes them. Passwords have 192 random bits: more rounds would only cost the broker time.
ROUNDS: Final = 101
SALT_BYTES: Final = 12
LOOK_S: Final = 1.0


@dataclass(frozen=True)
class MosquittoFiles:
    """Where mosquitto reads its users. `pid_file`: as its configuration has it; None: nobody is asked to read again.

    `core_user` gets the platform's rights; its password is a line of one's own (empty: no such user is written).
    """

    password_file: Path
    acl_file: Path
    pid_file: Path | None = None
    core_user: str = ""


def topic_filter(subject: str) -> str:
    """A subject of nats-server as the MQTT topic filter it stands for."""
    levels = {"*": "+", ">": "#"}
    return "/".join(levels.get(part, part.replace("//", ".")) for part in subject.split("."))


def acl_lines(user: str, rights: tuple[Sequence[str], Sequence[str]]) -> list[str]:
    """A user's part of the ACL file."""
    publish, subscribe = rights
    return [
        f"user {user}", *(f"topic write {topic_filter(one)}" for one in publish),
        *(f"topic read {topic_filter(one)}" for one in subscribe),
    ]  # fmt: skip


def password_line(user: str, word: str) -> str:
    """A line of the password file: PBKDF2 with SHA-512, as mosquitto 2 reads it."""
    salt = secrets.token_bytes(SALT_BYTES)
    made = hashlib.pbkdf2_hmac("sha512", word.encode(), salt, ROUNDS, 64)
    return f"{user}:$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def render_into(files: MosquittoFiles, users: Sequence[EnrolledUser]) -> None:
    """Replaces our part of both files. Raises OSError, and ValueError where a mark is missing or a name is taken."""
    passwords, rights = _text(files.password_file), _text(files.acl_file)
    taken = {line.partition(":")[0] for line in _outside(passwords, files.password_file)}
    for user in users:
        if user.user in taken or user.user == files.core_user:
            raise ValueError(f"{files.password_file} has a user {user.user} of its own: take that line out")
    acl = acl_lines(files.core_user, core_rights()) if files.core_user else []
    for user in users:
        acl += acl_lines(user.user, edge_rights(user.tenant, user.edge))
    # Rights first: a user that is let in has them.
    _replace(files.acl_file, _with_ours(rights, acl, files.acl_file))
    ours = [password_line(user.user, user.password) for user in users]
    _replace(files.password_file, _with_ours(passwords, ours, files.password_file))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""


def _outside(text: str, path: Path) -> list[str]:
    """The lines that are not ours."""
    lines, inside = [], False
    for line in text.splitlines():
        if line in (BEGIN, END):
            if inside == (line == BEGIN):
                raise ValueError(f"{path}: the marks of `interlock broker-users` do not come in pairs; mend them")
            inside = line == BEGIN
        elif not inside:
            lines.append(line)
    if inside:
        raise ValueError(f"{path}: the mark {END!r} is missing; put it behind the last line of ours")
    return lines


def _with_ours(text: str, ours: Iterable[str], path: Path) -> str:
    # Lines of an ACL file before the first `user` are for everybody, so ours come last.
    return "\n".join([*_outside(text, path), BEGIN, *ours, END]) + "\n"


def _replace(path: Path, text: str) -> None:
    """As a whole, with the owner and mode it had: the broker's own user reads it. A new one is its owner's alone."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        had = path.stat()
        temporary.chmod(had.st_mode & 0o777)
        if sys.platform != "win32" and (had.st_uid, had.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(temporary, had.st_uid, had.st_gid)
    os.replace(temporary, path)


def broker_pid(files: MosquittoFiles) -> int | None:
    """The running broker; None where none is known. Raises ValueError where the file holds no number."""
    if files.pid_file is None:
        return None
    text = _text(files.pid_file).strip()
    return int(text) if text else None


def bring(source: Path, files: MosquittoFiles, tell: Callable[[str], None], *, follow: bool) -> None:
    """Writes the users of `source` into mosquitto's files and has it read them; `follow`: again after each change.

    Raises OSError, ValueError at the first time; later ones are told.
    """

    def renew() -> None:
        users = read_enrolled(source)
        render_into(files, users)
        tell(f"{len(users)} agents in {files.password_file} and {files.acl_file}")

    def no_signal() -> None:
        tell("start the broker again: this system has no signal for it")

    follower = Follower(source, renew, tell)
    renew()
    pid = broker_pid(files)
    if pid is not None:
        reload_broker(pid, no_signal)
    while follow:
        time.sleep(LOOK_S)
        try:
            follower.look(broker_pid(files), no_signal)
        except (OSError, ValueError) as error:
            tell(f"the broker was not asked to read its users again: {error}")
