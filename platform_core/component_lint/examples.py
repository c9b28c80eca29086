"""Rules for examples, declarative tests and migrations: what they give is what the manifest takes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from platform_core.component_lint.places import escaped, wrong
from platform_core.component_lint.props import validator
from platform_core.components.migrate import lift_props
from schemas.errors import Problem
from schemas.models.component import ComponentManifest, ExampleData, InputSpec, Migration

Data = dict[str, ExampleData | tuple[ExampleData, ...]]


def example_problems(manifest: ComponentManifest, is_block: Callable[[str], bool]) -> Iterator[Problem]:
    """Props and data of every example and test; the children of examples exist and are known."""
    check = validator(manifest.props)
    cases = [(f"/examples/{number}", case.props, case.data) for number, case in enumerate(manifest.examples)]
    cases += [(f"/tests/{number}", case.props, case.data) for number, case in enumerate(manifest.tests)]
    for where, props, data in cases:
        for error in check.iter_errors(props):
            path = "".join(f"/{escaped(step)}" for step in error.absolute_path)
            yield wrong("example", f"{where}/props{path}", error.message[:200])
        yield from _data(data, f"{where}/data", manifest)
    for number, example in enumerate(manifest.examples):
        for place, child in enumerate(example.children):
            where = f"/examples/{number}/children/{place}"
            if not _is_slot(child.slot, manifest):
                yield wrong("example", f"{where}/slot", f"There is no slot {child.slot}.")
            if not is_block(child.type):
                yield wrong("example", f"{where}/type", f"There is no component {child.type}.")


def _is_slot(name: str, manifest: ComponentManifest) -> bool:
    stem, _, number = name.rpartition("_")
    repeated = manifest.slots.get(stem)
    return name in manifest.slots or (number.isdigit() and repeated is not None and repeated.repeats is not None)


def _data(data: Data, where: str, manifest: ComponentManifest) -> Iterator[Problem]:
    for name, given in data.items():
        place = f"{where}/{escaped(name)}"
        spec = manifest.inputs.get(name)
        if spec is None:
            if name not in manifest.writes:
                yield wrong("example", place, f"There is no input {name}.")
            continue
        values = given if isinstance(given, tuple) else (given,)
        if isinstance(given, tuple) and not spec.many:
            yield wrong("example", place, f"{name} takes one value.")
        if len(values) > spec.items_max and spec.many:
            yield wrong("example", place, f"{name} takes at most {spec.items_max} values.")
        for number, value in enumerate(values):
            yield from _value(value, spec, f"{place}/{number}" if isinstance(given, tuple) else place)


def _value(value: ExampleData, spec: InputSpec, where: str) -> Iterator[Problem]:
    if value.q >= 128 and value.v is not None:
        yield wrong("example", f"{where}/v", "A bad value is null.")
    wanted = {"number": (int, float), "integer": int, "boolean": bool, "string": str}.get(spec.type)
    if wanted and value.v is not None and not isinstance(value.v, wanted):  # type: ignore[arg-type]
        yield wrong("example", f"{where}/v", f"The input takes {spec.type}.")
    before = [point[0] for point in value.points]
    if before != sorted(before, reverse=True) or any(seconds < 0 for seconds in before):
        yield wrong("example", f"{where}/points", "Points are [seconds before now, value, quality], oldest first.")


def migration_problems(manifest: ComponentManifest) -> Iterator[Problem]:
    """From each older shape of the props there is one step to the next, and its example comes out as it says."""
    for version in range(1, manifest.props_version):
        if not any(step.from_ == version and step.to == version + 1 for step in manifest.migrations):
            text = f"There is no migration from props version {version} to {version + 1}."
            yield wrong("migration", "/migrations", text, "What was saved before could not be opened.")
    seen: set[int] = set()
    for number, step in enumerate(manifest.migrations):
        where = f"/migrations/{number}"
        if step.to != step.from_ + 1 or step.to > manifest.props_version or step.from_ in seen:
            yield wrong("migration", where, f"{step.from_} to {step.to} is no step of the chain.")
        seen.add(step.from_)
        yield from _proof(manifest, step, where)


def _proof(manifest: ComponentManifest, step: Migration, where: str) -> Iterator[Problem]:
    alone = manifest.model_copy(update={"props_version": step.to, "migrations": (step,)})
    after = lift_props(copy.deepcopy(step.example.before), step.from_, alone)
    if after != step.example.after:
        yield wrong("migration", f"{where}/example", f"It gives {after!r}."[:300], "Mend the steps or the example.")
