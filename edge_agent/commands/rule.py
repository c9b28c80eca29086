"""What a write rule allows, and the raw value a device gets for it. Pure: nothing here touches a device."""

from __future__ import annotations

import math
from collections.abc import Mapping

from schemas.errors import WriteRejected
from schemas.expr import Context, Value, evaluate
from schemas.models.tag import TagConfig, WriteRule
from schemas.wire.command import Scalar

#: How far a number may be from a step, in steps: decimal fractions are not exact in binary.
STEP_SLACK = 1e-6
_BITS = {"int16": 16, "uint16": 16, "int32": 32, "uint32": 32, "int64": 64, "uint64": 64}


def rule_of(tag: TagConfig, role: str) -> WriteRule:
    """The rule a role writes the tag by. Raises WriteRejected."""
    rule = tag.write
    if rule is None:
        raise WriteRejected(
            "command.read_only", f"{tag.name} is only read", hint="Give the tag a 'write' rule in the agent's file."
        )
    if role not in rule.roles:
        raise WriteRejected("command.role", f"{tag.name} is not written by the role {role}")
    return rule


def check_approval(tag: TagConfig, rule: WriteRule, by: str, approved_by: str) -> None:
    """Whether somebody vouched for the write as the rule asks. Raises WriteRejected.

    Passwords are the platform's: this keeps out one that does not ask for them, or that an older one would not.
    """
    if rule.approval == "none" or (approved_by and (rule.approval == "password" or approved_by != by)):
        return
    whom = "a second person" if rule.approval == "second_person" else "the password of whoever writes"
    raise WriteRejected("command.approval", f"{tag.name} is written with {whom} only")


def checked(tag: TagConfig, rule: WriteRule, value: Scalar) -> Scalar:
    """The value in the tag's own kind and within the rule. Raises WriteRejected."""
    if tag.kind == "s":
        if not isinstance(value, str) or len(value) > (tag.length or 0):
            raise WriteRejected("command.value", f"{tag.name} takes text of at most {tag.length} characters")
        return value
    if tag.kind == "b":
        if isinstance(value, str) or value not in (0, 1):
            raise WriteRejected("command.value", f"{tag.name} takes true or false")
        return bool(value)
    if isinstance(value, str | bool) or not math.isfinite(value):
        raise WriteRejected("command.value", f"{tag.name} takes a number")
    _within(tag, rule, value)
    return value


def _within(tag: TagConfig, rule: WriteRule, value: float) -> None:
    if (rule.min is not None and value < rule.min) or (rule.max is not None and value > rule.max):
        low, high = ("…" if bound is None else f"{bound:g}" for bound in (rule.min, rule.max))
        raise WriteRejected("command.limit", f"{value:g} is outside {low} to {high} {tag.unit}".rstrip())
    if rule.values and value not in rule.values:
        allowed = ", ".join(f"{one:g}" for one in rule.values)
        raise WriteRejected("command.limit", f"{tag.name} takes only {allowed}")
    if rule.step is not None and not _is_whole((value - (rule.min or 0.0)) / rule.step):
        raise WriteRejected("command.step", f"{tag.name} goes in steps of {rule.step:g}")


def raw_value(tag: TagConfig, value: Scalar) -> Scalar:
    """What the device is given: the way back from the tag's unit. Raises WriteRejected where it has no such value."""
    if isinstance(value, str | bool):
        return value
    if tag.scale is not None or tag.offset is not None:
        value = (value - (tag.offset or 0.0)) / (1.0 if tag.scale is None else tag.scale)
    bits = _BITS.get(tag.type)
    if bits is None:
        return float(value)
    if not isinstance(value, int) and not _is_whole(value):
        raise WriteRejected("command.step", f"{tag.name} goes in steps of {abs(tag.scale or 1.0):g}")
    whole = round(value)
    low, high = (0, 2**bits - 1) if tag.type.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if not low <= whole <= high:
        raise WriteRejected("command.limit", f"{tag.name} cannot hold this: it is a {tag.type}")
    if whole in tag.sentinels:
        raise WriteRejected("command.value", f"this value means 'not implemented' in {tag.name}")
    return whole


def near_enough(tag: TagConfig, rule: WriteRule, wanted: Scalar, found: Scalar | None) -> bool:
    """Whether what was read back is what was written."""
    if found is None or isinstance(wanted, str | bool) or isinstance(found, str | bool):
        return found is not None and wanted == found
    # A float32 has 24 bits: that much is lost on the way without anybody's fault.
    slack = 1e-6 * max(1.0, abs(wanted)) if tag.kind == "f" else 0.0
    return abs(found - wanted) <= max(rule.tolerance, slack)


def check_change(tag: TagConfig, rule: WriteRule, before: Scalar | None, value: Scalar) -> None:
    """Refuses a jump further than the rule allows. Raises WriteRejected."""
    if rule.change_max is None or isinstance(value, str | bool):
        return
    if before is None or isinstance(before, str | bool):
        raise WriteRejected("command.change", f"what {tag.name} is now cannot be read, so the change is not known")
    # The same slack as for steps: 0.3 - 0.2 is not 0.1 in binary.
    if abs(value - before) > rule.change_max * (1 + STEP_SLACK):
        raise WriteRejected(
            "command.change", f"{tag.name} is {before:g} and may change by {rule.change_max:g} at once at most"
        )


def check_interlock(tag: TagConfig, rule: WriteRule, values: Mapping[str, Value], now_us: int) -> None:
    """Refuses unless the interlock is true on good values. Raises WriteRejected."""
    if not rule.interlock:
        return
    result = evaluate(rule.interlock, values, Context(now_us))
    bad = sorted(name for name, value in values.items() if value.q >= 64)
    if bad:
        raise WriteRejected("command.interlock", f"the interlock of {tag.name} cannot be judged: {', '.join(bad)}")
    if result.v is not True or result.q >= 64:
        raise WriteRejected("command.interlock", f"{tag.name} is written only while {rule.interlock}")


def _is_whole(number: float) -> bool:
    # A division may have left the range of doubles: what is infinite is no number of steps.
    return math.isfinite(number) and abs(number - round(number)) <= STEP_SLACK * max(1.0, abs(number) * 1e-3)
