"""Layout: where elements are, apart from what they are; per breakpoint and per slot. Compaction is never stored."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.identifiers import ElementId
from schemas.models.base import Document

GRID_COLUMNS = 12
#: `<element>/<slot>`: the inside of a container.
SlotKey = Annotated[str, Field(pattern=r"^el_[a-z2-7]{8}/[a-z0-9][a-z0-9_-]{0,39}$")]


class GridItem(Document):
    """Place on the 12-column grid."""

    x: int = Field(ge=0, le=11, description="First column.")
    y: int = Field(ge=0, le=10_000, description="First row.")
    w: int = Field(ge=1, le=12, description="Columns.")
    h: int = Field(ge=1, le=1000, description="Rows.")
    hidden: bool = Field(default=False, description="Not shown at this breakpoint.")

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.x + self.w > GRID_COLUMNS:
            raise ValueError("the item is wider than the grid's 12 columns")
        return self


class FreeItem(Document):
    """Place on a free canvas, in the canvas' own units (one is one px at full size)."""

    x: float = Field(ge=-10_000, le=10_000, description="Left edge.")
    y: float = Field(ge=-10_000, le=10_000, description="Upper edge.")
    w: float = Field(ge=1, le=10_000, description="Width.")
    h: float = Field(ge=1, le=10_000, description="Height.")
    z: int = Field(default=0, ge=-10_000, le=10_000, description="Order: higher lies over lower.")
    r: float = Field(default=0, ge=-360, le=360, description="Rotation, degrees clockwise.")


class GridArea(Document):
    """Elements on a grid."""

    kind: Literal["grid"] = Field(description="Kind of layout.")
    items: dict[ElementId, GridItem] = Field(default={}, description="Element → place.")


class FreeArea(Document):
    """Elements on a free canvas, scaled to fit."""

    kind: Literal["free"] = Field(description="Kind of layout.")
    width: float = Field(default=1200, ge=50, le=10_000, description="Width of the canvas.")
    height: float = Field(default=700, ge=50, le=10_000, description="Height of the canvas.")
    items: dict[ElementId, FreeItem] = Field(default={}, description="Element → place.")


Area = Annotated[GridArea | FreeArea, Field(discriminator="kind")]


class GridLayout(GridArea):
    """A page (or block) on a grid."""

    slots: dict[SlotKey, Area] = Field(default={}, description="Inside of containers: `<element>/<slot>` → area.")


class FreeLayout(FreeArea):
    """A page (or block) on a free canvas."""

    slots: dict[SlotKey, Area] = Field(default={}, description="Inside of containers: `<element>/<slot>` → area.")


Layout = Annotated[GridLayout | FreeLayout, Field(discriminator="kind")]


class PageLayout(Document):
    """Layout per breakpoint. `lg` is whole; `md` and `sm` hold only what differs from the automatic one."""

    lg: Layout = Field(description="PC.")
    md: GridLayout | None = Field(default=None, description="Tablet: places that differ from the PC's.")
    sm: GridLayout | None = Field(
        default=None, description="Phone: places that differ; up to 6 columns is half the width, more is all of it."
    )
