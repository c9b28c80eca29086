"""Functions that look at quality, time and unit, and those that choose a value. Twin of sdk/expr/status.ts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from schemas.expr.arithmetic import Maker
from schemas.expr.operators import equal, no_value
from schemas.expr.run import NEVER, Code, Raw, Run, alone, fault, finite, from_data, join
from schemas.expr.value import BAD, TYPE_MISMATCH, UNCERTAIN


def _observed(of: Callable[[Run, int, float], Raw]) -> Maker:
    """Looks at a value without becoming bad or old by it."""

    def maker(args: Sequence[Code]) -> Code:
        arg = args[0]

        def code(run: Run) -> Raw:
            q, ts, why = run.q, run.ts, run.why
            alone(run, arg)
            seen_q, seen_ts = run.q, run.ts
            run.q, run.ts, run.why = q, ts, why
            return of(run, seen_q, seen_ts)

        return code

    return maker


def _coalesce(args: Sequence[Code]) -> Code:
    def code(run: Run) -> Raw:
        q, ts, why = run.q, run.ts, run.why
        worst, oldest, reason = 0, NEVER, None
        for arg in args:
            value = alone(run, arg)
            if value is not None:
                join(run, q, ts, why)
                return value
            worst, oldest = max(worst, run.q), min(oldest, run.ts)
            reason = run.why if reason is None else reason
        run.q, run.ts, run.why = worst, oldest, reason
        join(run, q, ts, why)
        return None

    return code


def _switch(args: Sequence[Code]) -> Code:
    subject, *rest = args
    other = rest[-1] if len(rest) % 2 == 1 else None

    def code(run: Run) -> Raw:
        x = subject(run)
        if x is None:
            return None
        for i in range(0, len(rest) - 1, 2):
            same = equal(run, x, rest[i](run))
            if same is None:
                return None
            if same:
                return rest[i + 1](run)
        return other(run) if other else None

    return code


def last_good(name: str, variable: Code) -> Code:
    """Code of `last_good(name)`."""

    def code(run: Run) -> Raw:
        given = run.vars.get(name)
        if given is None or given.q < BAD or given.good is None:
            return variable(run)
        v, ts = given.good
        run.q = max(run.q, UNCERTAIN)
        run.ts = min(run.ts, ts)
        return from_data(run, v)

    return code


def convert_code(value: Code, place: int) -> Code:
    """Code of `convert(…)` at a place of the text: what it does depends on the units of the inputs."""

    def code(run: Run) -> Raw:
        x = value(run)
        by = run.plan.conversions.get(place)
        if type(x) is not float:
            return no_value(run, x)
        if by is None:
            return fault(run, TYPE_MISMATCH, "unit_missing")
        return finite(run, by.apply(x))

    return code


def unit_code(place: int) -> Code:
    """Code of `unit(…)`."""
    return lambda run: run.plan.texts.get(place, "")


STATUS: Final[Mapping[str, Maker]] = {
    "quality": _observed(lambda _run, q, _ts: float(q)),
    "is_good": _observed(lambda _run, q, _ts: q < UNCERTAIN),
    "is_uncertain": _observed(lambda _run, q, _ts: UNCERTAIN <= q < BAD),
    "is_bad": _observed(lambda _run, q, _ts: q >= BAD),
    "age": _observed(lambda run, _q, ts: 0.0 if ts == NEVER else max(0.0, (run.now - ts) / 1e6)),
    "timestamp": _observed(lambda _run, _q, ts: None if ts == NEVER else ts / 1e6),
    "coalesce": _coalesce,
    "switch": _switch,
}
