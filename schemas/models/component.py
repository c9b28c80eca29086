"""Component: the manifest of a block ("Lego"). Props are configuration, inputs are data, writes are commands.

`component.json` is all that palette, inspector, validation, gallery and documentation know of a block. `props` is JSON
Schema in the closed subset of `schemas.component_schema`, with the closed vocabulary `x-ui`; conditions are data.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from schemas.identifiers import Identifier
from schemas.models.access import Text
from schemas.models.base import Document
from schemas.models.element import ComponentType

Source = Literal[
    "tag",
    "history",
    "record",
    "query",
    "state",
    "output",
    "param",
    "user",
    "alarm",
    "expression",
    "static",
]
ValueType = Literal["number", "integer", "boolean", "string", "any"]
Capability = Literal["clipboard", "fullscreen", "storage", "camera", "download"]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]
TextKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class ComponentStatus(Document):
    """How settled it is."""

    stage: Literal["experimental", "stable", "deprecated"] = Field(description="Stage.")
    replaced_by: ComponentType | None = Field(default=None, description="Its successor.")


class ComponentMeta(Document):
    """How the palette shows it."""

    name: Text = Field(description="Name by language.")
    summary: Text = Field(description="One sentence by language.")
    category: Literal[
        "display/value", "display/trend", "display/state", "display/chart", "data", "input", "container", "content",
        "navigation", "mimic", "logic",
    ] = Field(description="Place in the palette.")  # fmt: skip
    tags: tuple[str, ...] = Field(default=(), max_length=20, description="Words it is found by, in any language.")
    icon: str = Field(default="", max_length=60, description="Icon.")


class InputSpec(Document):
    """One input: what shape of data, from which sources."""

    label: Text = Field(description="Name by language.")
    type: ValueType = Field(description="Type.")
    shape: Literal["scalar", "series", "rows", "record"] = Field(description="Shape.")
    required: bool = Field(default=False, description="Whether it is needed.")
    many: bool = Field(default=False, description="Whether several may be bound, at /name/0, /name/1 and so on.")
    items_max: int = Field(default=1, ge=1, le=1000, description="How many at most.")
    dimension: str = Field(default="any", max_length=40, description="Unit dimension.")
    from_: tuple[Source, ...] = Field(alias="from", min_length=1, description="Sources it takes.")
    description: str = Field(max_length=300, description="What it is for.")


class WriteSpec(Document):
    """A command it may give; bound to a tag, checked and audited by the server. The only way to a device."""

    label: Text = Field(description="Name by language.")
    type: ValueType = Field(description="Type of the value it writes.")
    required: bool = Field(default=False, description="Whether it is needed.")
    confirm: Literal["dialog", "hold", "none"] = Field(default="dialog", description="How the user confirms, at least.")
    targets: tuple[Literal["device", "manual", "state"], ...] = Field(
        default=("device", "manual", "state"), description="What it may be bound to."
    )
    many: bool = Field(default=False, description="Whether several may be bound, at /name/0, /name/1 and so on.")
    items_max: int = Field(default=1, ge=1, le=100, description="How many at most.")
    description: str = Field(max_length=300, description="What it is for.")


class OutputRule(Document):
    """How an output is known where the component's code does not run: in the tests of an app. One of the two."""

    level_of: Identifier | None = Field(
        default=None, description="Input: where its value stands against the limits of its tag."
    )
    event: Identifier | None = Field(default=None, description="Event: what its last payload said in `field`.")
    field: Identifier | None = Field(default=None, description="Field of that payload.")
    initial: float | int | bool | str | None = Field(default=None, description="Before that event, a value.")
    initial_prop: Identifier | None = Field(default=None, description="Before that event, the value of a property.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        by_event = self.event is not None and self.field is not None
        if (self.level_of is not None) == by_event or (self.event is None) != (self.field is None):
            raise ValueError("a rule has level_of, or event and field")
        return self


class OutputSpec(Document):
    """A value other elements may read."""

    label: Text = Field(description="Name by language.")
    type: ValueType = Field(description="Type.")
    enum: tuple[str, ...] = Field(default=(), max_length=50, description="Its possible texts.")
    rule: OutputRule | None = Field(default=None, description="How it is known in an app's tests; null: it is not.")
    description: str = Field(max_length=300, description="What it tells.")


class EventSpec(Document):
    """Something it reports; the document says which actions follow."""

    label: Text = Field(description="Name by language.")
    payload: dict[Identifier, ValueType] = Field(default={}, description="Fields an action may use as event.<field>.")
    description: str = Field(max_length=300, description="When it happens.")


class MethodSpec(Document):
    """Something actions may ask it to do."""

    label: Text = Field(description="Name by language.")
    params: dict[Identifier, ValueType] = Field(default={}, description="Arguments.")
    description: str = Field(max_length=300, description="What it does.")


class SlotSpec(Document):
    """A place for other elements."""

    label: Text = Field(description="Name by language.")
    layout: Literal["grid", "free"] = Field(default="grid", description="How its inside is laid out.")
    repeats: str | None = Field(
        default=None,
        max_length=40,
        description="Property that lists slots `<name>_<n>` (tabs); null: one slot.",
    )
    allow: tuple[str, ...] = Field(default=(), max_length=20, description="Categories it takes; empty: all.")
    items_max: int = Field(default=200, ge=1, le=2000, description="How many elements at most.")
    provides: dict[Identifier, ValueType] = Field(
        default={}, description="Parameters the elements inside may read, beside those of the page."
    )
    description: str = Field(max_length=300, description="What belongs there.")


class GridSize(Document):
    """Default, smallest and largest size on the 12-column grid."""

    w: int = Field(ge=1, le=12, description="Columns.")
    h: int = Field(ge=1, le=100, description="Rows.")
    min_w: int = Field(default=1, ge=1, le=12, description="Fewest columns.")
    min_h: int = Field(default=1, ge=1, le=100, description="Fewest rows.")
    max_w: int = Field(default=12, ge=1, le=12, description="Most columns.")
    max_h: int = Field(default=100, ge=1, le=100, description="Most rows.")


class FreeSize(Document):
    """Default size on a free canvas, px."""

    w: int = Field(ge=8, le=4000, description="Width.")
    h: int = Field(ge=8, le=4000, description="Height.")
    aspect: bool = Field(default=False, description="Keeps its proportions when it is resized.")


class CompactSize(Document):
    """What a phone gets: a place on a 2-column grid."""

    span: Literal[1, 2] = Field(description="Columns.")
    h: int = Field(ge=1, le=100, description="Rows.")
    variant: str | None = Field(default=None, max_length=40, description="Name of a variant.")


class ComponentLayout(Document):
    """Sizes."""

    grid: GridSize = Field(description="On the grid.")
    free: FreeSize | None = Field(default=None, description="On a free canvas.")
    compact: CompactSize = Field(description="On a phone.")


class SuggestWhen(Document):
    """What is offered: all that is given must hold."""

    kind: tuple[Literal["f", "i", "u", "b", "s"], ...] = Field(default=(), description="Kinds of value.")
    has_limits: bool | None = Field(default=None, description="The tag has limits.")
    has_span: bool | None = Field(default=None, description="The tag has a span.")
    has_texts: bool | None = Field(default=None, description="The tag has value texts.")
    has_colors: bool | None = Field(default=None, description="The tag has colour meanings.")
    units: tuple[str, ...] = Field(default=(), max_length=40, description="Units.")
    roles: tuple[Identifier, ...] = Field(default=(), max_length=40, description="Roles.")
    writable: bool | None = Field(default=None, description="The tag may be written.")


class Suggest(Document):
    """When a tag is dropped: offer this component, with this score, bound to this input."""

    when: SuggestWhen = Field(default=SuggestWhen(), description="Condition.")
    score: int = Field(ge=1, le=100, description="Higher comes first.")
    input: Identifier | None = Field(default=None, description="Input to bind; null: the first required one.")
    props: dict[str, Any] = Field(default={}, description="Properties to begin with.")


class MigrationOp(Document):
    """One step from old props to new: pure, total, run by the server. Paths are JSON pointers into the props."""

    op: Literal["rename", "move", "remove", "default", "map_value", "wrap", "unwrap", "scale"] = Field(
        description="What it does."
    )
    path: str = Field(pattern=r"^(/[^/]+)+$", max_length=200, description="What it concerns.")
    to: str | None = Field(default=None, pattern=r"^(/[^/]+)+$", max_length=200, description="rename, move: where to.")
    value: Any = Field(default=None, description="default: the value where there is none.")
    map: dict[str, Any] | None = Field(default=None, description="map_value: old → new; others stay.")
    factor: float | None = Field(default=None, description="scale: factor.")
    key: str | None = Field(default=None, max_length=40, description="wrap: name inside; unwrap: name to take out.")


class MigrationExample(Document):
    """Props before and after: run by the linter."""

    before: dict[str, Any] = Field(description="Old props.")
    after: dict[str, Any] = Field(description="New props.")


class Migration(Document):
    """Lifts saved props from one version to the next; declarative."""

    from_: int = Field(alias="from", ge=1, description="Version it reads.")
    to: int = Field(ge=2, description="Version it writes.")
    ops: tuple[MigrationOp, ...] = Field(description="Steps.")
    example: MigrationExample = Field(description="Proof.")


class A11y(Document):
    """What a screen reader says."""

    role: str = Field(min_length=1, max_length=40, description="ARIA role.")
    name: str = Field(min_length=1, max_length=80, description="Where its name comes from.")
    text: str = Field(min_length=1, max_length=200, description="Sentence with {placeholders}.")
    keys: tuple[str, ...] = Field(default=(), max_length=20, description="Keys it takes.")


class ExampleData(Document):
    """A value (or course) for one input of an example."""

    v: float | int | bool | str | None = Field(default=None, description="Value.")
    q: int = Field(default=0, ge=0, le=255, description="Quality.")
    unit: str = Field(default="", max_length=40, description="Unit.")
    decimals: int | None = Field(default=None, ge=0, le=10, description="Decimals.")
    kind: Literal["f", "i", "u", "b", "s"] = Field(default="f", description="Kind of value.")
    name: str = Field(default="", max_length=120, description="Name of the tag.")
    name_zh: str = Field(default="", max_length=120, description="The same in Chinese.")
    span: tuple[float, float] | None = Field(default=None, description="Span.")
    limits: dict[Literal["lo_lo", "lo", "hi", "hi_hi"], float] = Field(default={}, description="Limits.")
    texts: dict[str, str] = Field(default={}, description="Value texts.")
    texts_zh: dict[str, str] = Field(default={}, description="The same in Chinese.")
    colors: dict[str, str] = Field(default={}, description="Colour meanings.")
    points: tuple[tuple[float, float | int | bool | str | None, int], ...] = Field(
        default=(), max_length=2000, description="Course: [seconds before now, value, quality], oldest first."
    )


class ExampleChild(Document):
    """An element inside a slot of an example."""

    slot: Identifier = Field(description="Slot.")
    type: ComponentType = Field(description="Component.")
    props: dict[str, Any] = Field(default={}, description="Its props.")
    data: dict[Identifier, ExampleData | tuple[ExampleData, ...]] = Field(default={}, description="Its inputs.")


class Example(Document):
    """Props and data that show the component: in the gallery, the docs and the tests."""

    name: Text = Field(description="Name by language.")
    props: dict[str, Any] = Field(default={}, description="Props.")
    data: dict[Identifier, ExampleData | tuple[ExampleData, ...]] = Field(default={}, description="Input → data.")
    children: tuple[ExampleChild, ...] = Field(default=(), max_length=20, description="Inside its slots.")


class ComponentTestExpect(Document):
    """What must be seen; all that is given."""

    text: str | None = Field(default=None, max_length=200, description="Text that is shown.")
    no_text: str | None = Field(default=None, max_length=200, description="Text that is not shown.")
    state: str | None = Field(default=None, max_length=40, description="Value of some data-level or data-state.")
    role: str | None = Field(default=None, max_length=40, description="An element of this ARIA role is there.")


class ComponentTest(Document):
    """A declarative test, run in the gallery's own frame by `make test`."""

    name: str = Field(min_length=1, max_length=120, description="What is promised.")
    props: dict[str, Any] = Field(default={}, description="Props.")
    data: dict[Identifier, ExampleData | tuple[ExampleData, ...]] = Field(default={}, description="Input → data.")
    expect: ComponentTestExpect = Field(description="What must be seen.")


class ComponentRuntime(Document):
    """Where its code runs: `host` in the page (ours), `iframe` in a sandbox (third parties)."""

    isolation: Literal["host", "iframe"] = Field(default="host", description="Where it runs.")
    entry: str = Field(default="View.tsx", pattern=r"^[A-Za-z0-9_]+\.(tsx|js)$", description="File.")
    budget_kb: int = Field(default=40, ge=1, le=500, description="Most code, KB gzipped.")


class ComponentManifest(Document):
    """component.json of a component folder."""

    format: Literal[1] = Field(description="Version of this document.")
    id: ComponentType = Field(description="Id = folder.")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", description="Version of the code.")
    props_version: int = Field(ge=1, description="Shape of saved props.")
    engine: str = Field(default=">=0.1 <1", max_length=40, description="Versions of Interlock it runs in.")
    kind: Literal["visual", "container", "symbol", "logic"] = Field(description="Kind.")
    status: ComponentStatus = Field(description="How settled it is.")
    meta: ComponentMeta = Field(description="Palette entry.")
    props: dict[str, Any] = Field(description="JSON Schema (closed subset) of the configuration.")
    inputs: dict[Identifier, InputSpec] = Field(default={}, description="Data it takes.")
    writes: dict[Identifier, WriteSpec] = Field(default={}, description="Commands it may give.")
    outputs: dict[Identifier, OutputSpec] = Field(default={}, description="What others may read.")
    events: dict[Identifier, EventSpec] = Field(default={}, description="What it reports.")
    methods: dict[Identifier, MethodSpec] = Field(default={}, description="What actions may call.")
    slots: dict[Identifier, SlotSpec] = Field(default={}, description="Places for other elements.")
    cells: bool = Field(default=False, description="It shows rows and columns: app tests can look at a cell.")
    layout: ComponentLayout = Field(description="Sizes.")
    suggest: tuple[Suggest, ...] = Field(default=(), description="When to offer it for a tag.")
    migrations: tuple[Migration, ...] = Field(default=(), description="From older props.")
    capabilities: tuple[Capability, ...] = Field(default=(), description="What it is allowed beyond drawing.")
    runtime: ComponentRuntime = Field(default=ComponentRuntime(), description="Where its code runs.")
    a11y: A11y = Field(description="For screen readers.")
    i18n: dict[Language, dict[TextKey, str]] = Field(default={}, description="Its own texts: language → key → text.")
    examples: tuple[Example, ...] = Field(min_length=1, description="Examples.")
    tests: tuple[ComponentTest, ...] = Field(default=(), description="Declarative tests.")

    @model_validator(mode="after")
    def _rules_name_what_is_there(self) -> Self:
        for name, output in self.outputs.items():
            rule = output.rule
            if rule is None:
                continue
            event = self.events.get(rule.event or "")
            fits = rule.level_of in self.inputs if rule.level_of is not None else event and rule.field in event.payload
            known = rule.initial_prop is None or rule.initial_prop in self.props.get("properties", {})
            if not (fits and known):
                raise ValueError(f"the rule of the output {name} names what the manifest does not have")
        return self
