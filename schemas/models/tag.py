"""Tag: one value of a machine, its address, shape and meaning."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.identifiers import Identifier
from schemas.models.base import Document
from schemas.models.sparse import Sparse
from schemas.models.tenant import Role
from schemas.wire.kinds import Kind

DataType = Literal["bool", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "string"]
ByteOrder = Literal["ABCD", "BADC", "CDAB", "DCBA"]
TagName = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^/+#\x00-\x1f]+$")]
Language = Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
AssetNameText = Annotated[str, StringConstraints(min_length=1, max_length=120)]
DescriptionText = Annotated[str, StringConstraints(max_length=500)]
InterlockName = Annotated[str, StringConstraints(max_length=60, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
TagKey = Annotated[str, StringConstraints(min_length=1, max_length=161, pattern=r"^[^+#\x00-\x1f]+$")]
TagPriority = Literal["high", "normal", "low"]
SCAN_MS_MIN = 20
SCAN_MS_MAX = 86_400_000


class Limits(Document):
    """Alarm limits in the tag's unit; each may be left out."""

    lo_lo: float | None = Field(default=None, description="Critically low.")
    lo: float | None = Field(default=None, description="Low.")
    hi: float | None = Field(default=None, description="High.")
    hi_hi: float | None = Field(default=None, description="Critically high.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        given = [x for x in (self.lo_lo, self.lo, self.hi, self.hi_hi) if x is not None]
        if given != sorted(given):
            raise ValueError("limits must rise: lo_lo ≤ lo ≤ hi ≤ hi_hi")
        return self


class WriteRule(Document):
    """That a tag may be written, and within which bounds. The edge enforces each of them; others only repeat them."""

    min: float | None = Field(default=None, description="Lowest value that may be written, in the tag's unit.")
    max: float | None = Field(default=None, description="Highest value that may be written.")
    step: float | None = Field(default=None, gt=0, description="Values go in steps of this much, from min or 0.")
    change_max: float | None = Field(
        default=None, gt=0, description="Furthest one write may be from what the device has at that moment."
    )
    values: tuple[float, ...] = Field(
        default=(), max_length=100, description="The only values that may be written; empty: any within the bounds."
    )
    per_minute: int = Field(default=10, ge=1, le=600, description="Most writes in a minute.")
    roles: tuple[Role, ...] = Field(
        default=("operator", "builder", "admin"), min_length=1, description="Who may write it."
    )
    interlock: str = Field(
        default="",
        max_length=1000,
        description="Written only while this expression is true, for example: door_closed && speed < 10. Its names are "
        "those of interlock_tags. Not a safety function.",
    )
    interlock_tags: dict[InterlockName, TagKey] = Field(
        default={},
        max_length=20,
        description="Names in the interlock and the tags they stand for: a tag of the same connection, or "
        "connection/tag. They are read anew before each write.",
    )
    approval: Literal["none", "password", "second_person"] = Field(
        default="none",
        description="Who vouches for each write. password: whoever writes, by their own password again; second_person: "
        "another person who may write it, by name and password, at the same screen.",
    )
    tolerance: float = Field(
        default=0.0, ge=0, description="How far the value read back may be from the one written, in the tag's unit."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min must not be above max")
        if self.interlock_tags and not self.interlock:
            raise ValueError("interlock_tags are of no use without an interlock")
        return self


class Thinned(Document):
    """How the samples of a tag were thinned where it is read, so that whoever draws it knows what lies between them."""

    by: Literal["deadband", "swinging_door"] = Field(
        description="deadband: every value in between was this near the last sample; swinging_door: this near the "
        "straight line between two samples."
    )
    within: float = Field(gt=0, description="Furthest a value that was not sent is from that, in the tag's unit.")
    silence_max_s: float = Field(gt=0, description="Longest time without a sample, s.")


class TagMeaning(Document):
    """What a tag means to people, as its configuration says it."""

    description: str = Field(default="", max_length=500, description="What the value is.")
    unit: str = Field(default="", max_length=40, description="Unit as shown, for example °C.")
    decimals: int | None = Field(default=None, ge=0, le=10, description="Decimals shown.")
    span: tuple[float, float] | None = Field(default=None, description="Lowest and highest value the sensor can give.")
    limits: Limits = Field(default=Limits(), description="Alarm limits.")
    texts: dict[str, str] = Field(
        default={}, max_length=256, description="Text for each value, for example 0 = Stopped."
    )
    colors: dict[str, str] = Field(
        default={},
        max_length=256,
        description="Meaning of each value for its colour: running, idle, stopped, fault, setup, off.",
    )

    texts_i18n: dict[Language, dict[str, str]] = Field(
        default={}, max_length=32, description="The texts in other languages: language, for example zh-CN, then value."
    )
    description_i18n: dict[Language, DescriptionText] = Field(
        default={}, max_length=32, description="The description in other languages, for example zh-CN."
    )

    write: WriteRule | None = Field(default=None, description="Bounds of writing; left out: the tag is only read.")

    @model_validator(mode="after")
    def _span_rises(self) -> Self:
        if self.span is not None and not self.span[0] < self.span[1]:
            raise ValueError("span must be [lowest, highest]")
        return self


class TagMeta(TagMeaning):
    """What a tag means to people and how it came here; every component that shows the tag inherits it."""

    thinned: Thinned | None = Field(
        default=None, description="How its samples were thinned where it is read; left out: not at all."
    )
    silence_max_s: float | None = Field(
        default=None,
        gt=0,
        description="Longest time without a sample while it is read, s: means hold a value three times as long; left "
        "out: nothing is said again, a value holds until the next.",
    )


class TagBase(TagMeaning):
    """What read and calculated tags of an agent have in common."""

    name: TagName = Field(description="Name within its connection.")
    deadband: float | None = Field(
        default=None,
        ge=0,
        description="A change up to this much is not reported, in the tag's unit; left out: the connection's.",
    )
    deadband_percent: float | None = Field(default=None, ge=0, le=100, description="The same in percent of the span.")
    swinging_door: float | None = Field(
        default=None,
        gt=0,
        description="Only the ends of straight stretches are sent: between them no value was further than this from "
        "the line, in the tag's unit.",
    )
    silence_max_s: float | None = Field(
        default=None, gt=0, le=86_400, description="Reported at least this often; left out: the connection's."
    )
    priority: TagPriority | None = Field(
        default=None,
        description="What a full spool drops last (high) or first (low), and what is sent first after a cut; left out:"
        " the connection's.",
    )
    was: TagName | None = Field(default=None, description="The tag's former name: keeps its history.")
    asset: Identifier | None = Field(default=None, description="Asset this tag belongs to (a suggestion).")
    asset_name: str | None = Field(
        default=None, min_length=1, max_length=120, description="Name for people of an asset that is not there yet."
    )
    asset_name_i18n: dict[Language, AssetNameText] = Field(
        default={}, max_length=16, description="That name by language; `asset_name` is the last resort."
    )
    asset_type: Identifier | None = Field(default=None, description="Type of an asset that is not there yet.")
    asset_parent: Identifier | None = Field(
        default=None, description="Line that an asset belongs to that is not there yet; made when it is missing."
    )
    asset_parent_name: str | None = Field(
        default=None, min_length=1, max_length=120, description="Name for people of a line that is not there yet."
    )
    asset_parent_name_i18n: dict[Language, AssetNameText] = Field(
        default={}, max_length=16, description="That name by language."
    )
    role: Identifier | None = Field(default=None, description="Role it plays there (a suggestion).")

    @model_validator(mode="after")
    def _percent_of_a_span(self) -> Self:
        if self.deadband_percent is not None and self.span is None:
            raise ValueError("deadband_percent needs a span: write span: [lowest, highest]")
        return self

    @property
    def deadband_absolute(self) -> float:
        """The larger of its own deadband and its percentage of the span, in the tag's unit; 0 for none."""
        absolute = self.deadband or 0.0
        if self.deadband_percent is None or self.span is None:
            return absolute
        return max(absolute, self.deadband_percent / 100.0 * (self.span[1] - self.span[0]))

    @property
    def kind(self) -> Kind:
        """Kind of the value; fixed for the life of the tag."""
        raise NotImplementedError

    def meta(self, thinned: Thinned | None = None, silence_max_s: float | None = None) -> TagMeta:
        """The part that describes the value to people."""
        return TagMeta(
            thinned=thinned,
            silence_max_s=silence_max_s,
            **{name: getattr(self, name) for name in TagMeaning.model_fields},
        )


class TagConfig(TagBase, Sparse):
    """A tag in an agent's configuration."""

    address: str = Field(min_length=1, max_length=400, description="Where the device keeps it, in the driver's words.")
    type: DataType = Field(default="float32", description="Type of the value in the device.")
    order: ByteOrder | None = Field(
        default=None, description="Byte order of 4- and 8-byte values; left out: the connection's."
    )
    bit: int | None = Field(default=None, ge=0, le=15, description="Bit of a register, 0 = lowest.")
    length: int | None = Field(default=None, ge=1, le=240, description="Length of a string in characters.")
    scale: float | None = Field(default=None, description="Factor from raw to engineering unit.")
    offset: float | None = Field(default=None, description="Added after the factor.")
    scale_from: TagName | None = Field(
        default=None,
        description="Tag of the same connection that holds the power of ten of the factor, read with this one "
        "(SunSpec's scale factors).",
    )
    sentinels: tuple[int | float, ...] = Field(
        default=(), max_length=16, description="Raw values that mean 'not implemented'."
    )
    scan_ms: int | None = Field(
        default=None, ge=SCAN_MS_MIN, le=SCAN_MS_MAX, description="Scan period; left out: the connection's."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.type == "string" and self.length is None:
            raise ValueError("a string needs a length")
        scaled = self.scale is not None or self.offset is not None or self.scale_from is not None
        if self.type in ("string", "bool") and scaled:
            raise ValueError(f"a {self.type} cannot be scaled")
        if self.scale == 0:
            raise ValueError("scale must not be 0")
        if self.scale_from is not None and self.write is not None:
            raise ValueError("a tag with scale_from is only read: its factor may change at any time")
        return self

    @property
    def kind(self) -> Kind:
        """Kind of the value after scaling; fixed for the life of the tag."""
        if self.type == "string":
            return "s"
        if self.type == "bool" or self.bit is not None:
            return "b"
        factors = (self.scale, self.offset, self.scale_from)
        if self.type.startswith("float") or any(one is not None for one in factors):
            return "f"
        return "u" if self.type.startswith("u") else "i"
