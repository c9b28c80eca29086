"""The only way to a device: a write is asked for, checked, confirmed and done once; every step is in the audit.

`prepare` checks and gives a token that is good for one write within 30 s; `execute` checks again and writes. Nothing is
queued and nothing is tried twice: a write whose end is not known is said to be unknown.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import SECOND_US, Clock, now_us
from platform_core.auth.policy import Principal, authorise
from platform_core.auth.secret import token_hash
from platform_core.db import Database
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.live.hub import Hub
from platform_core.services.asset_types import roles_by_asset
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.current_values import latest_values
from platform_core.services.device_writes import DeviceWrites, rule_of
from platform_core.services.manual_values import ManualValue, ManualValues, checked_value
from platform_core.services.tags import Tag, TagDirectory
from platform_core.services.visibility import Visibility
from platform_core.services.write_approval import NONE, TOKEN_LIFE_S, Approval, Approvals
from platform_core.services.write_declared import AssetRule, Declared, WriteRequest, declared_write
from platform_core.services.write_stop import WriteStop
from platform_core.services.write_targets import Simulator, Written
from schemas.errors import AuthError, ConfigError, ConnectError, WriteRejected
from schemas.identifiers import MANUAL_EDGE

TOKEN_LIFE_US: Final = 30 * SECOND_US
PENDING_MAX: Final = 2_000
PER_TAG: Final = (5, 10 * SECOND_US)
PER_PERSON: Final = (60, 60 * SECOND_US)
#: On the loopback; an agent's command lives as long as the wire allows.
SIMULATOR_TTL_MS: Final = 2_000


class ReleaseSource(Protocol):
    """What the guard needs of the apps."""

    def current(self, tenant: str, app: str) -> Any:
        """The current release with `no` and `files`, None when there is none."""
        ...

    def lifted(self, tenant: str, release: Any) -> Mapping[str, Any]:
        """Its files as browsers get them: elements of older versions lifted to the present ones."""
        ...

    def catalog(self, tenant: str, files: Mapping[str, Any]) -> ComponentCatalog:
        """The components as these files see them."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """A write that passed: where it goes and what is there now."""

    tag: Tag
    asset_name: str
    value: Any
    confirm: str
    is_manual: bool
    old: dict[str, Any]
    approval: str = NONE


@dataclass(frozen=True, slots=True)
class _Prepared:
    who: tuple[str, str, str]
    asked: WriteRequest
    tag_id: int
    value: Any
    confirm: str
    expires_us: int
    write_id: str


class WriteGuard:
    """Checks and performs writes for the sessions of all tenants."""

    def __init__(
        self,
        database: Database,
        apps: ReleaseSource,
        tags: TagDirectory,
        visibility: Visibility,
        manual: ManualValues,
        hub: Hub,
        simulator: Simulator | None = None,
        devices: DeviceWrites | None = None,
        stop: WriteStop | None = None,
        clock: Clock = now_us,
        approvals: Approvals | None = None,
    ) -> None:
        self._database = database
        self._apps = apps
        self._tags = tags
        self._visibility = visibility
        self._manual = manual
        self._hub = hub
        self._simulator = simulator
        self._devices = devices
        self._stop = stop
        self._clock = clock
        self._approvals = approvals
        self._lock = threading.Lock()
        self._pending: dict[str, _Prepared] = {}
        self._counts: dict[tuple[str, ...], deque[int]] = {}

    def prepare(self, caller: Principal, asked: WriteRequest) -> dict[str, Any]:
        """Check a write and give a token for it. Raises `WriteRejected` or `AuthError`; both are in the audit."""
        try:
            checked = self._check(caller, asked)
            self._count(caller, checked.tag.id)
        except (WriteRejected, AuthError) as error:
            self._audit(caller, asked, "write.prepare", "refused", detail=error.message, code=error.code)
            raise
        token, now = secrets.token_urlsafe(32), self._clock()
        life_s = TOKEN_LIFE_US // SECOND_US if checked.approval == NONE else TOKEN_LIFE_S
        prepared = _Prepared(
            _who(caller), asked, checked.tag.id, checked.value, checked.confirm, now + life_s * SECOND_US,
            secrets.token_hex(8),
        )  # fmt: skip
        self._audit(caller, asked, "write.prepare", "allowed", checked=checked, write_id=prepared.write_id)
        with self._lock:
            self._pending = {key: one for key, one in self._pending.items() if one.expires_us > now}
            if len(self._pending) >= PENDING_MAX:
                raise WriteRejected("write.rate", "Too many writes wait for their confirmation.")
            self._pending[token_hash(token)] = prepared
        meta = checked.tag.meta
        return {
            "token": token,
            "expires_in_s": life_s,
            "tag": {"id": checked.tag.id, "key": checked.tag.key, "kind": checked.tag.kind},
            "asset": asked.asset,
            "asset_name": checked.asset_name,
            "role": asked.role,
            "unit": meta.get("unit") or "",
            "decimals": meta.get("decimals"),
            "old": checked.old,
            "new": checked.value,
            "confirm": checked.confirm,
            "approval": checked.approval,
            "target": "manual" if checked.is_manual else "device",
        }

    def execute(self, caller: Principal, token: str, confirmed: str, given: Approval | None = None) -> dict[str, Any]:
        """Do a prepared write, once: `{outcome, reason, code, value}`.

        Raises `WriteRejected`: `write.token` for one that is unknown, used, too old or another's, `write.confirm` when
        it was not confirmed as asked, `write.approval` and `write.password` where nobody vouches for it as its rule
        asks, and everything `prepare` raises.
        """
        with self._lock:
            prepared = self._pending.pop(token_hash(token), None)
        if prepared is None or prepared.who != _who(caller) or prepared.expires_us <= self._clock():
            hint = "Ask for it anew." if prepared is None or prepared.who == _who(caller) else ""
            error = WriteRejected("write.token", "This confirmation is not valid (any more).", hint=hint)
            self._audit(caller, None if prepared is None else prepared.asked, "write.execute", "refused",
                        detail=error.message, code=error.code)  # fmt: skip
            raise error
        asked = prepared.asked
        try:
            if prepared.confirm != "none" and confirmed != prepared.confirm:
                raise WriteRejected("write.confirm", f"This has to be confirmed by {prepared.confirm}.")
            checked = self._check(caller, asked)
            if checked.tag.id != prepared.tag_id:
                raise WriteRejected("write.tag", "Another tag plays this role since.", hint="Ask for it anew.")
            approved_by = self._approved(caller, checked, given)
        except (WriteRejected, AuthError) as error:
            self._audit(caller, asked, "write.execute", "refused", detail=error.message, code=error.code,
                        write_id=prepared.write_id)  # fmt: skip
            raise
        self._audit(caller, asked, "write.execute", "started", checked=checked, write_id=prepared.write_id,
                    approved_by=approved_by)  # fmt: skip
        written = self._write(caller, asked, checked, prepared.write_id, approved_by)
        self._audit(caller, asked, "write.execute", written.outcome, checked=checked, write_id=prepared.write_id,
                    detail=written.reason, code=written.code, written=written, approved_by=approved_by)  # fmt: skip
        value = written.read_back if written.read_back is not None else checked.value
        return {
            "outcome": written.outcome,
            "reason": written.reason,
            "code": written.code,
            "value": value if written.outcome == "done" else None,
            "tag_id": checked.tag.id,
        }

    def _check(self, caller: Principal, asked: WriteRequest) -> Checked:
        authorise(caller, "value.write")
        release = self._apps.current(caller.tenant, asked.app)
        if release is None or release.no != asked.release:
            raise WriteRejected(
                "write.release", "Only the published app writes, as it is now.", hint="Load the app again."
            )
        files = self._apps.lifted(caller.tenant, release)
        declared = declared_write(files, asked, caller.role, self._apps.catalog(caller.tenant, release.files))
        with self._database.read() as session:
            asset = self._asset(session, caller, asked, declared.rule)
            tag = self._tag(session, caller, asked)
            is_manual = tag.edge == MANUAL_EDGE
            said = roles_by_asset(session, caller.tenant, [asked.asset]).get((asked.asset, asked.role))
        if not is_manual and (said is None or not said.writable):
            raise WriteRejected(
                "write.writable",
                f"{asked.role} of {asset.name} is not for writing.",
                hint="Its asset type says which roles may be written.",
            )
        if ("manual" if is_manual else "device") not in declared.targets:
            raise WriteRejected("write.target", "The element does not write to tags of this sort.")
        if not is_manual:
            self._check_device(caller, tag)
        value = _checked_number(tag, asked.value, declared)
        old = latest_values(self._hub, caller.tenant, [tag.id])
        rule = None if is_manual else rule_of(tag)
        approval = NONE if rule is None else str(rule.get("approval") or NONE)
        # What needs a password is asked for, whatever the element says.
        confirm = "dialog" if declared.confirm == "none" and approval != NONE else declared.confirm
        return Checked(tag, asset.name, value, confirm, is_manual, old[0] if old else {}, approval)

    def _approved(self, caller: Principal, checked: Checked, given: Approval | None) -> str:
        if checked.approval == NONE:
            return ""
        if self._approvals is None:
            raise WriteRejected("write.approval", "Nobody can vouch for a write here.")
        rule = rule_of(checked.tag) or {}
        return self._approvals.approver(caller, checked.approval, rule.get("roles") or (), given)

    def _check_device(self, caller: Principal, tag: Tag) -> None:
        if self._stop is not None:
            self._stop.check(caller.tenant)
        if self._is_simulated(tag):
            return
        if self._devices is None:
            raise WriteRejected("write.target", "This device is not written to: nothing leads to it.")
        self._devices.check(caller.tenant, tag, caller.role)

    def _is_simulated(self, tag: Tag) -> bool:
        return self._simulator is not None and self._simulator.takes(tag.edge, tag.key)

    def _asset(self, session: Session, caller: Principal, asked: WriteRequest, rule: AssetRule) -> AssetRow:
        hidden = self._visibility.hidden(caller.tenant, caller.role)
        row = session.get(AssetRow, (caller.tenant, asked.asset))
        if row is None or row.id in hidden.assets:
            raise WriteRejected("write.asset", f"There is no asset {asked.asset!r}.")
        wrong = (
            (rule.asset is not None and rule.asset != row.id)
            or (rule.type is not None and rule.type != row.type)
            or (rule.level is not None and rule.level != row.level)
            or (rule.options and row.id not in rule.options)
        )
        if wrong:
            raise WriteRejected("write.declared", f"The element does not write to {row.name}.")
        return row

    def _tag(self, session: Session, caller: Principal, asked: WriteRequest) -> Tag:
        query = select(RoleRow.tag_id).where(
            RoleRow.tenant == caller.tenant,
            RoleRow.asset == asked.asset,
            RoleRow.role == asked.role,
            RoleRow.valid_from_ts <= self._clock(),
        )
        tag_id = session.exec(query.order_by(col(RoleRow.valid_from_ts).desc())).first()
        tag = None if tag_id is None else self._tags.get(caller.tenant, tag_id)
        if tag is None or tag.id in self._visibility.hidden(caller.tenant, caller.role).tags:
            raise WriteRejected("write.tag", f"No tag plays {asked.role} at {asked.asset}.")
        return tag

    def _write(
        self, caller: Principal, asked: WriteRequest, checked: Checked, write_id: str, approved_by: str
    ) -> Written:
        if not checked.is_manual:
            if self._simulator is not None and self._is_simulated(checked.tag):
                return self._simulator.write(checked.tag.key, float(checked.value), write_id, SIMULATOR_TTL_MS)
            if self._devices is None:
                return Written("refused", "nothing leads to this device")
            return self._devices.write(
                caller.tenant, checked.tag, checked.value, write_id, caller.name, caller.role, approved_by
            )
        values = [ManualValue(checked.tag.id, checked.value)]
        try:
            self._manual.store(caller.tenant, caller.name, f"write-{write_id}", values, {"write_id": write_id})
        except ConfigError as error:
            return Written("refused", error.message)
        except ConnectError as error:
            return Written("unknown" if error.code == "values.unknown" else "refused", error.message)
        return Written("done")

    def _count(self, caller: Principal, tag_id: int) -> None:
        now = self._clock()
        keys: tuple[tuple[tuple[str, ...], tuple[int, int]], ...] = (
            (("tag", caller.tenant, str(tag_id)), PER_TAG),
            (("who", *_who(caller)), PER_PERSON),
        )
        with self._lock:
            if len(self._counts) > PENDING_MAX:
                self._counts = {key: times for key, times in self._counts.items() if times[-1] > now - 60 * SECOND_US}
            for key, (most, window_us) in keys:
                times = self._counts.setdefault(key, deque())
                while times and times[0] <= now - window_us:
                    times.popleft()
                if len(times) >= most:
                    raise WriteRejected(
                        "write.rate", f"More than {most} writes in {window_us // SECOND_US} s.", hint="Wait a moment."
                    )
            for key, _ in keys:
                self._counts[key].append(now)

    def _audit(
        self,
        caller: Principal,
        asked: WriteRequest | None,
        action: str,
        outcome: str,
        *,
        checked: Checked | None = None,
        detail: str = "",
        code: str = "",
        write_id: str = "",
        written: Written | None = None,
        approved_by: str = "",
    ) -> None:
        body: dict[str, Any] = {"role": caller.role, "by": caller.kind}
        resource = ""
        if asked is not None:
            body |= {"asked": _shortened(asdict(asked))}
            resource = f"{asked.asset}/{asked.role}"
        if checked is not None:
            old = {name: checked.old.get(name) for name in ("v", "q", "ts", "fresh")}
            body |= {"tag": checked.tag.id, "key": checked.tag.key, "old": old, "new": checked.value}
        if written is not None:
            body |= {"before": written.before, "after": written.read_back}
        marks = (("code", code), ("write_id", write_id), ("approved_by", approved_by))
        body |= {name: text for name, text in marks if text}
        with self._database.write() as session:
            audit.record(
                session,
                caller.tenant,
                caller.name,
                action,
                outcome=outcome,
                resource=resource,
                detail=detail,
                body=body,
            )


def _checked_number(tag: Tag, value: Any, declared: Declared) -> Any:
    try:
        typed = checked_value(tag, value)
    except ConfigError as error:
        code = "write.limit" if error.code == "value.span" else "write.value"
        raise WriteRejected(code, error.message) from None
    if not declared.fits_fixed(value):
        raise WriteRejected("write.value", "The element writes another value.")
    if isinstance(typed, bool) or not isinstance(typed, int | float):
        return typed
    # What a person has read may well be beyond an alarm limit; what a device is told may not.
    # Where its agent announces a rule, that is what holds there.
    limits: Mapping[str, Any] = {} if tag.edge == MANUAL_EDGE else tag.meta.get("limits") or {}
    rule = None if tag.edge == MANUAL_EDGE else rule_of(tag)
    device = (limits.get("lo_lo"), limits.get("hi_hi")) if rule is None else (rule.get("min"), rule.get("max"))
    bounds = (device, (declared.low, declared.high))
    for low, high in bounds:
        if (low is not None and typed < low) or (high is not None and typed > high):
            shown = " to ".join("…" if bound is None else f"{bound:g}" for bound in (low, high))
            raise WriteRejected(
                "write.limit", f"{typed:g} is outside {shown} {tag.meta.get('unit') or ''}".strip() + "."
            )
    if rule is not None and rule.get("values") and typed not in rule["values"]:
        raise WriteRejected("write.limit", f"Only {', '.join(f'{one:g}' for one in rule['values'])}.")
    if declared.step is not None and declared.step > 0:
        steps = (typed - (declared.low or 0.0)) / declared.step
        if abs(steps - round(steps)) > 1e-6:
            raise WriteRejected("write.step", f"The value goes in steps of {declared.step:g}.")
    return typed


def _who(caller: Principal) -> tuple[str, str, str]:
    return (caller.tenant, caller.kind, str(caller.user_id) if caller.user_id is not None else caller.name)


def _shortened(asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked, with a value no longer than the audit can keep."""
    text = json.dumps(asked["value"], ensure_ascii=False, default=str)
    return asked if len(text) <= 500 else asked | {"value": text[:500]}
