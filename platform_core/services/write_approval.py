"""Who vouches for a write by a password: the writer again, or a second person at the same screen.

Nothing waits for an approval: it comes with the confirmation, within the life of its token, or the write is not done.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from platform_core.auth.accounts import Account, Accounts
from platform_core.auth.policy import Principal, authorise
from schemas.errors import AuthError, WriteRejected

NONE, PASSWORD, SECOND_PERSON = "none", "password", "second_person"
#: Typing takes longer than pressing: a token for such a write lives this long, s.
TOKEN_LIFE_S: Final = 90


@dataclass(frozen=True, slots=True)
class Approval:
    """What was typed. `name` is empty for the writer's own."""

    name: str
    password: str = field(repr=False)


class Approvals:
    """Judges passwords as a log-in does, with the same waiting after wrong ones."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def approver(self, caller: Principal, wanted: str, roles: Collection[str], given: Approval | None) -> str:
        """Name of who vouches for the caller's write; "" where nobody has to. `roles`: who may write the tag.

        Raises `WriteRejected`: `write.approval` for nobody or the wrong person, `write.password`.
        """
        if wanted == NONE:
            return ""
        if caller.kind != "session" or caller.user_id is None:
            raise WriteRejected("write.approval", "Only a person at a screen writes this, with a password.")
        if given is None:
            raise WriteRejected("write.approval", "This write needs a password.", hint="Load the page again.")
        try:
            account = self._accounts.check(caller.tenant, given.name or caller.name, given.password)
        except AuthError as error:
            raise WriteRejected("write.password", error.message, hint=error.hint) from error
        is_self = account.user_id == caller.user_id
        if wanted == PASSWORD and not is_self:
            raise WriteRejected("write.approval", "Whoever writes this gives their own password.")
        if wanted != PASSWORD:
            self._second(caller, account, roles, is_self=is_self)
        return account.name

    def _second(self, caller: Principal, account: Account, roles: Collection[str], *, is_self: bool) -> None:
        if is_self:
            raise WriteRejected("write.approval", "A second person has to vouch for this write.")
        try:
            authorise(Principal(caller.tenant, account.name, account.role, "session", account.user_id), "value.write")  # type: ignore[arg-type]
        except AuthError as error:
            raise WriteRejected("write.approval", f"{account.name} may not write.") from error
        if roles and account.role not in roles:
            raise WriteRejected("write.approval", f"{account.name} may not write this.")
