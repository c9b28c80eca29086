"""Component: the manifest of a block ("Lego"): props are configuration, inputs are data."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from schemas.models.app import ComponentType, Text
from schemas.models.base import Document

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


class ComponentStatus(Document):
    """How settled it is."""

    stage: Literal["experimental", "stable", "deprecated"] = Field(description="Stage.")
    replaced_by: ComponentType | None = Field(default=None, description="Its successor.")


class ComponentMeta(Document):
    """How the palette shows it."""

    name: Text = Field(description="Name by language.")
    summary: Text = Field(description="One sentence by language.")
    category: str = Field(max_length=60, description="Place in the palette.")
    tags: tuple[str, ...] = Field(default=(), max_length=20, description="Words it is found by.")
    icon: str = Field(default="", max_length=60, description="Icon.")


class InputSpec(Document):
    """One input: what shape of data, from which sources."""

    type: Literal["number", "integer", "boolean", "string", "any"] = Field(description="Type.")
    shape: Literal["scalar", "series", "rows", "record"] = Field(description="Shape.")
    required: bool = Field(default=False, description="Whether it is needed.")
    many: bool = Field(default=False, description="Whether several may be bound, at /name/0, /name/1 and so on.")
    items_max: int = Field(default=1, ge=1, le=1000, description="How many at most.")
    dimension: str = Field(default="any", max_length=40, description="Unit dimension.")
    from_: tuple[Source, ...] = Field(alias="from", description="Sources it takes.")
    description: str = Field(max_length=300, description="What it is for.")


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


class A11y(Document):
    """What a screen reader says."""

    role: str = Field(max_length=40, description="ARIA role.")
    name: str = Field(max_length=80, description="Where its name comes from.")
    text: str = Field(max_length=200, description="Sentence with {placeholders}.")
    keys: tuple[str, ...] = Field(default=(), max_length=20, description="Keys it takes.")


class Example(Document):
    """Props and data that show the component."""

    name: Text = Field(description="Name by language.")
    props: dict[str, Any] = Field(default={}, description="Props.")
    data: dict[str, Any] = Field(default={}, description="Input → data.")


class Migration(Document):
    """Lifts saved props from one version to the next; declarative."""

    from_: int = Field(alias="from", ge=1, description="Version it reads.")
    to: int = Field(ge=2, description="Version it writes.")
    ops: tuple[dict[str, Any], ...] = Field(description="Steps.")


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
    inputs: dict[str, InputSpec] = Field(default={}, description="Data it takes.")
    writes: dict[str, Any] = Field(default={}, description="Commands it may give.")
    outputs: dict[str, Any] = Field(default={}, description="What others may read.")
    events: dict[str, Any] = Field(default={}, description="What it reports.")
    methods: dict[str, Any] = Field(default={}, description="What actions may call.")
    slots: dict[str, Any] = Field(default={}, description="Places for other elements.")
    layout: ComponentLayout = Field(description="Sizes.")
    suggest: tuple[dict[str, Any], ...] = Field(default=(), description="When to offer it.")
    migrations: tuple[Migration, ...] = Field(default=(), description="From older props.")
    capabilities: tuple[str, ...] = Field(default=(), description="What it is allowed beyond drawing.")
    a11y: A11y = Field(description="For screen readers.")
    examples: tuple[Example, ...] = Field(min_length=1, description="Examples.")
    tests: tuple[dict[str, Any], ...] = Field(default=(), description="Declarative tests.")
