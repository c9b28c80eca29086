"""Component: the manifest of a block ("Lego"): props are configuration, inputs are data."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.models.app import ComponentType
from schemas.models.base import Document

Ref = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_.]{0,79}$")]
Source = Literal[
    "tag", "history", "record", "query", "state", "output", "param", "user", "alarm", "expression",
    "static",
]


class TextRef(Document):
    """A text of the component's own catalogue."""

    t: Ref = Field(alias="$t", description="Key in the catalogue.")


class ComponentMeta(Document):
    """How the palette shows it."""

    name: TextRef = Field(description="Name.")
    summary: TextRef = Field(description="One sentence.")
    category: str = Field(max_length=60, description="Place in the palette.")
    tags: tuple[str, ...] = Field(default=(), max_length=20, description="Words it is found by.")
    icon: str = Field(default="", max_length=60, description="Icon.")


class InputSpec(Document):
    """One input: what shape of data, from which sources."""

    type: Literal["number", "integer", "boolean", "string", "any"] = Field(description="Type.")
    shape: Literal["scalar", "series", "rows", "record"] = Field(description="Shape.")
    required: bool = Field(default=False, description="Whether it is needed.")
    many: bool = Field(default=False, description="Whether several may be bound.")
    dimension: str = Field(default="any", max_length=40, description="Unit dimension.")
    sources: tuple[Source, ...] = Field(description="Sources it takes.")


class GridSize(Document):
    """Default and smallest size on the 12-column grid."""

    w: int = Field(ge=1, le=12, description="Columns.")
    h: int = Field(ge=1, le=100, description="Rows.")
    min_w: int = Field(default=1, ge=1, le=12, description="Fewest columns.")
    min_h: int = Field(default=1, ge=1, le=100, description="Fewest rows.")


class FreeSize(Document):
    """Default size on a free canvas, px."""

    w: int = Field(ge=8, le=4000, description="Width.")
    h: int = Field(ge=8, le=4000, description="Height.")


class CompactLayout(Document):
    """What a phone gets."""

    mode: Literal["same", "variant", "full"] = Field(description="same, a variant, or full width.")
    variant: str | None = Field(default=None, max_length=40, description="Name of the variant.")
    h: int | None = Field(default=None, ge=1, le=100, description="Rows on a phone.")


class ComponentLayout(Document):
    """Sizes."""

    grid: GridSize = Field(description="On the grid.")
    free: FreeSize | None = Field(default=None, description="On a free canvas.")
    compact: CompactLayout = Field(description="On a phone.")


class A11y(Document):
    """What a screen reader says."""

    role: str = Field(max_length=40, description="ARIA role.")
    text: Ref | str = Field(max_length=200, description="Sentence with {placeholders}.")
    keys: tuple[str, ...] = Field(default=(), max_length=20, description="Keys it takes.")


class Example(Document):
    """Props and data that show the component."""

    name: str = Field(max_length=80, description="Name.")
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
    kind: Literal["visual", "container", "symbol", "logic"] = Field(description="Kind.")
    meta: ComponentMeta = Field(description="Palette entry.")
    i18n: dict[str, dict[str, str]] = Field(description="Language → key → text; en and zh-CN at least.")
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
