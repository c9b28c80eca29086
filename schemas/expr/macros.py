"""map, filter, all, exists: the only repetition there is, bounded by steps. Twin of sdk/expr/macros.ts."""

from __future__ import annotations

from typing import Any

from schemas.expr.nodes import MacroName
from schemas.expr.operators import no_value
from schemas.expr.run import NEVER, Code, List, Raw, Run, alone, element, fault, join, wrong_type
from schemas.expr.value import BAD, STEPS_MAX


def _charge(run: Run, weight: int) -> bool:
    """Room for another round of `weight` steps; False once the limit is reached."""
    run.steps += weight
    if run.steps <= STEPS_MAX:
        return True
    fault(run, BAD, "too_many_steps")
    return False


def local(slot: int) -> Code:
    """A variable of a macro."""

    def code(run: Run) -> Raw:
        q, ts = run.vq[slot], run.vts[slot]
        if q > run.q:
            run.q = q
        if ts < run.ts:
            run.ts = ts
        return run.v[slot]

    return code


def _enter(run: Run, source: List, i: int, slot: int) -> None:
    """Puts element `i` into the macro's variable; the evaluation's own quality and time stay as they are."""
    q, ts = run.q, run.ts
    run.q, run.ts = 0, NEVER
    run.v[slot] = element(run, source, i)
    run.vq[slot], run.vts[slot] = run.q, run.ts
    run.q, run.ts = q, ts


def _mapped(source: Code, body: Code, slot: int, weight: int) -> Code:
    def code(run: Run) -> Raw:
        items = source(run)
        if type(items) is not List:
            return no_value(run, items)
        q, ts, reason = run.q, run.ts, run.why
        values: list[Any] = []
        qs: list[int] = []
        times: list[float] = []
        for i in range(len(items.items)):
            if not _charge(run, weight):
                return None
            _enter(run, items, i, slot)
            value = alone(run, body)
            values.append(wrong_type(run) if type(value) is List else value)
            qs.append(run.q)
            times.append(run.ts)
            reason = run.why if reason is None else reason
            run.q, run.ts, run.why = q, ts, reason
        return List(values, qs, times)

    return code


def _filtered(source: Code, body: Code, slot: int, weight: int) -> Code:
    def code(run: Run) -> Raw:
        items = source(run)
        if type(items) is not List:
            return no_value(run, items)
        values: list[Any] = []
        qs: list[int] = []
        times: list[float] = []
        for i in range(len(items.items)):
            if not _charge(run, weight):
                return None
            _enter(run, items, i, slot)
            q, ts, why = run.q, run.ts, run.why
            keep = alone(run, body)
            if keep is not None and type(keep) is not bool:
                wrong_type(run)
            join(run, q, ts, why)
            if keep is True:
                values.append(run.v[slot])
                qs.append(run.vq[slot])
                times.append(run.vts[slot])
        return List(values, qs, times)

    return code


def _decided(source: Code, body: Code, slot: int, weight: int, decides: bool) -> Code:
    """`exists` (decides = True), `all` (False): one element that decides gives its own quality and time."""

    def code(run: Run) -> Raw:
        items = source(run)
        if type(items) is not List:
            return no_value(run, items)
        q, ts, why = run.q, run.ts, run.why
        sum_q, sum_ts, reason, undecided = 0, NEVER, None, False
        for i in range(len(items.items)):
            if not _charge(run, weight):
                return None
            _enter(run, items, i, slot)
            holds = alone(run, body)
            if holds is decides:
                join(run, q, ts, why)
                return holds
            if holds is not None and type(holds) is not bool:
                wrong_type(run)
            undecided = undecided or holds is None
            sum_q, sum_ts = max(sum_q, run.q), min(sum_ts, run.ts)
            reason = run.why if reason is None else reason
            run.q, run.ts, run.why = q, ts, why
        join(run, sum_q, sum_ts, reason if why is None else why)
        return None if sum_q >= 128 or undecided else not decides

    return code


def macro_code(name: MacroName, source: Code, body: Code, slot: int, weight: int) -> Code:
    """The code of a macro whose variable is kept in `slot`."""
    if name == "map":
        return _mapped(source, body, slot, weight)
    if name == "filter":
        return _filtered(source, body, slot, weight)
    return _decided(source, body, slot, weight, name == "exists")
