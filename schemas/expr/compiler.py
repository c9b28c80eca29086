"""Makes a formula ready to run. Twin of sdk/expr/compile.ts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from schemas.expr.calls import call_code
from schemas.expr.infer import Inference
from schemas.expr.lexer import SyntaxProblem
from schemas.expr.macros import local, macro_code
from schemas.expr.nodes import Binary, Call, Conditional, Index, ListNode, Literal, Macro, Member, Name, Node, Unary
from schemas.expr.operators import binary, conditional, invert, list_of, negate, no_value
from schemas.expr.parser import parse
from schemas.expr.positions import in_utf16
from schemas.expr.run import NEVER, Code, List, Raw, Run, UnitPlan, element, fault, from_data, wrong_type
from schemas.expr.value import BAD, TYPE_MISMATCH, Context, ExprProblem, Value, VarType

_UNIT_PROBLEMS: Final = ("unit_mismatch", "unit_scale", "unit_convert", "unit_unknown", "unit_missing")
_NOTHING: Final = Value(None)


class Compiled:
    """A formula ready to run. Calling it never raises: what cannot run gives a bad value with the reason in `why`."""

    __slots__ = ("_code", "_depth", "_plan", "_tree", "_units", "names", "problems", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: list[str] = []
        self.problems: Sequence[ExprProblem] = ()
        self._code: Code | None = None
        self._plan: UnitPlan | None = None
        self._units: list[str] | None = None
        try:
            self._tree = parse(text)
            compiler = _Compiler(self.names)
            self._code = compiler.node(self._tree)
            self._depth = compiler.depth
        except SyntaxProblem as problem:
            self.problems = in_utf16(text, [ExprProblem(problem.code, problem.start, problem.end, problem.values)])

    def __call__(self, variables: Mapping[str, Value], context: Context) -> Value:
        """One evaluation."""
        if self._code is None:
            return Value(None, BAD, context.now, why=self.problems[0].code)
        plan = self._plan_for(variables)
        run = Run(variables, context.now, context.zone, context.language, plan, self._depth)
        value = self._code(run) if plan.problem is None else fault(run, TYPE_MISMATCH, plan.problem)
        return _finish(run, value)

    def _plan_for(self, variables: Mapping[str, Value]) -> UnitPlan:
        units = [variables.get(name, _NOTHING).unit for name in self.names]
        plan = self._plan
        if plan is None or units != self._units:
            plan = self._make_plan(units)
            self._units, self._plan = units, plan
        return plan

    def _make_plan(self, units: Sequence[str]) -> UnitPlan:
        inference = Inference({name: VarType(unit=unit) for name, unit in zip(self.names, units, strict=True)})
        unit = inference.node(self._tree).unit
        wrong = next((problem.code for problem in inference.problems if problem.code in _UNIT_PROBLEMS), None)
        return UnitPlan(unit.text if unit else "", wrong, inference.conversions, inference.texts)


@lru_cache(maxsize=1000)
def compile_expression(text: str) -> Compiled:
    """Makes a formula ready to run; the same text gives the same object. See `problems` of the result."""
    return Compiled(text)


def evaluate(text: str, variables: Mapping[str, Value], context: Context) -> Value:
    """One evaluation of a formula."""
    return compile_expression(text)(variables, context)


def _finish(run: Run, value: Raw) -> Value:
    if type(value) is List:
        value = [_plain(element(run, value, i)) for i in range(len(value.items))]
    bad = run.q >= BAD
    ts = run.now if run.ts == NEVER else int(run.ts)
    return Value(
        None if bad else _plain(value), run.q, ts, run.plan.unit, None, run.why if bad and run.why is not None else ""
    )


def _plain(value: Raw) -> Any:
    return 0.0 if type(value) is float and value == 0 else value


class _Compiler:
    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._scope: list[str] = []
        self.depth = 0
        self._by_kind: dict[type[Any], Callable[[Any], Code]] = {
            Literal: lambda node: _constant(node.value),
            ListNode: lambda node: list_of(self._all(node.items), node.items),
            Name: lambda node: self._name(node.name),
            Member: lambda node: _member(self.node(node.base), node.field),
            Index: lambda node: _index(self.node(node.base), self.node(node.index)),
            Unary: lambda node: (negate if node.op == "-" else invert)(self.node(node.arg)),
            Binary: lambda node: binary(node.op, self.node(node.left), self.node(node.right)),
            Conditional: lambda node: conditional(self.node(node.test), self.node(node.then), self.node(node.other)),
            Call: lambda node: call_code(node, self._all(node.args), self._scope),
            Macro: self._macro,
        }

    def node(self, node: Node) -> Code:
        return self._by_kind[type(node)](node)

    def _all(self, nodes: Sequence[Node]) -> list[Code]:
        return [self.node(node) for node in nodes]

    def _macro(self, node: Macro) -> Code:
        source = self.node(node.list)
        self._scope.append(node.name)
        self.depth = max(self.depth, len(self._scope))
        body = self.node(node.body)
        self._scope.pop()
        return macro_code(node.macro, source, body, len(self._scope), node.weight)

    def _name(self, name: str) -> Code:
        if name in self._scope:
            return local(len(self._scope) - 1 - self._scope[::-1].index(name))
        if name not in self._names:
            self._names.append(name)
        return _variable(name)


def _constant(value: Raw) -> Code:
    return lambda _run: value


def _variable(name: str) -> Code:
    def code(run: Run) -> Raw:
        given = run.vars.get(name)
        if given is None:
            return fault(run, BAD, "no_value")
        if given.q > run.q:
            run.q = given.q
        if given.ts is not None and given.ts < run.ts:
            run.ts = given.ts
        return None if given.q >= BAD else from_data(run, given.v)

    return code


def _member(base: Code, field: str) -> Code:
    def code(run: Run) -> Raw:
        record = base(run)
        return from_data(run, record.get(field)) if type(record) is dict else no_value(run, record)

    return code


def _index(base: Code, at: Code) -> Code:
    def code(run: Run) -> Raw:
        source = base(run)
        i = at(run)
        if source is None or i is None:
            return None
        if type(source) is not List or type(i) is not float:
            return wrong_type(run)
        if not i.is_integer() or not 0 <= i < len(source.items):
            return fault(run, BAD, "index")
        return element(run, source, int(i))

    return code
