"""The one decision: may this principal do this action to this resource.

HTTP routes, WebSocket messages and jobs all ask ``authorise``. Roles are ordered: viewer < operator <
builder < admin, and each may do what those before it may. A resource of another tenant does not exist for
the caller: the answer is the same as for an id nobody ever used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from schemas.errors import AuthError
from schemas.models.tenant import ROLES, Role

Action = Literal[
    "session.read",
    "session.end",
    "tag.read",
    "value.read",
    "live.subscribe",
    "asset.read",
    "asset.write",
    "asset_type.read",
    "asset_type.write",
    "tag.write",
    "value.write",
    "write.ask",
    "write.stop",
    "write.resume",
    "preference.read",
    "preference.write",
    "audit.read",
    "app.read",
    "app.draft.read",
    "app.draft.write",
    "app.publish",
    "package.install",
    "code_block.read",
    "code_block.install",
    "code_block.grant",
    "publisher.read",
    "publisher.write",
    "health.read",
    "edge.enrol",
    "edge.configure",
    "api.describe",
    "account.read",
]

ACTIONS: tuple[Action, ...] = get_args(Action)

LEAST_ROLE: dict[Action, Role] = {
    "session.read": "viewer",
    "session.end": "viewer",
    "tag.read": "viewer",
    "value.read": "viewer",
    "live.subscribe": "viewer",
    "asset.read": "viewer",
    "asset.write": "builder",
    "asset_type.read": "viewer",
    "asset_type.write": "builder",
    "tag.write": "builder",
    "value.write": "operator",
    "write.ask": "viewer",  # the guard itself asks for `value.write`, so that a refusal is audited too
    "write.stop": "operator",  # who may write may also stop it
    "write.resume": "admin",
    "preference.read": "viewer",
    "preference.write": "viewer",
    "audit.read": "admin",
    "app.read": "viewer",
    "app.draft.read": "builder",
    "app.draft.write": "builder",
    "app.publish": "builder",
    "package.install": "builder",
    "code_block.read": "builder",
    "code_block.install": "builder",
    "code_block.grant": "admin",
    "publisher.read": "builder",
    "publisher.write": "admin",
    "health.read": "viewer",
    "edge.enrol": "admin",
    "edge.configure": "admin",
    "api.describe": "viewer",
    "account.read": "admin",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking, as read from the database for this request.

    ``tenant`` comes from the session or token, never from what the client sends. ``name`` is for people and
    the audit.
    """

    tenant: str
    name: str
    role: Role
    kind: Literal["session", "token", "local"]
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for: its kind, id, and the tenant it belongs to (None: there is no such thing)."""

    kind: str
    id: str
    tenant: str | None


def authorise(principal: Principal | None, action: Action, resource: Resource | None = None) -> Principal:
    """Return the principal when it may; otherwise raise ``AuthError``.

    Codes: ``auth.needed`` nobody is known, ``auth.forbidden`` the role is too small, ``auth.unknown`` the
    resource does not exist for this tenant.
    """
    if principal is None:
        raise AuthError("auth.needed", "Log in first.", hint="POST /api/v1/auth/login, or send a bearer token.")
    least = LEAST_ROLE.get(action)
    if least is None or ROLES.index(principal.role) < ROLES.index(least):
        raise AuthError(
            "auth.forbidden",
            f"The role {principal.role} may not do this.",
            hint=f"Ask an administrator for the role {least or 'that allows it'}.",
        )
    if resource is not None and resource.tenant != principal.tenant:
        raise AuthError("auth.unknown", f"There is no {resource.kind} {resource.id!r}.")
    return principal
