"""Register models of real inverters and meters (SunSpec): plan, decode, sentinels and scale, whole models."""

import json
import struct

import numpy as np
import pytest

from connectors.decode import Decoder, Field, register_count
from connectors.driver import Reading
from connectors.planner import Span, plan_blocks
from connectors.shape import Shaper
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from tests.support.recordings import DATA

MODELS = sorted((DATA / "sunspec").glob("model_*.json"))
# SunSpec type: ours, registers as sent for a value, and what "not implemented" looks like.
TYPES = {
    "uint16": ("uint16", ">H", 0xFFFF),
    "enum16": ("uint16", ">H", 0xFFFF),
    "int16": ("int16", ">h", -0x8000),
    "sunssf": ("int16", ">h", -0x8000),
    "pad": ("int16", ">h", -0x8000),
    "acc32": ("uint32", ">I", 0),
    "bitfield32": ("uint32", ">I", 0xFFFFFFFF),
}

pytestmark = pytest.mark.skipif(not MODELS, reason="the SunSpec models are not beside this checkout")


def tags_of(points, scale_exponent):
    tags, address = [], 40_000
    for point in points:
        of = point["type"]
        common = {"name": point["name"], "address": f"holding:{address}"}
        if of == "string":
            tags.append(TagConfig(**common, type="string", length=point["size"] * 2))
        else:
            ours, form, sentinel = TYPES[of]
            scale = 10.0**scale_exponent if "sf" in point else None
            # As the specification prints it: the bit pattern, 0x8000 of a signed 16-bit value.
            pattern = sentinel & (0xFFFF if form in (">h", ">H") else 0xFFFFFFFF)
            tags.append(TagConfig(**common, type=ours, sentinels=(pattern,), scale=scale))
        assert register_count(tags[-1].type, tags[-1].length) == point["size"]
        address += point["size"]
    return tags


def image_of(points, value_of):
    out = b""
    for number, point in enumerate(points):
        if point["type"] == "string":
            out += f"text {number}".encode()[: point["size"] * 2].ljust(point["size"] * 2, b"\0")
        else:
            _, form, sentinel = TYPES[point["type"]]
            value = value_of(number)
            out += struct.pack(form, sentinel if value is None else value)
    return out


def read(tags, image):
    base = int(tags[0].address[8:])
    fields = [
        Field(i, 0, (int(tag.address[8:]) - base) * 2, tag.type, length=tag.length or 0) for i, tag in enumerate(tags)
    ]
    columns = Decoder(fields, len(image)).decode(image, np.zeros(1, "u1"), np.zeros(1, "<i8"))
    out = {}
    for reading in Shaper(tags).shape([Reading(c) for c in columns]):
        c = reading.columns
        out.update({tags[i].name: (v, q) for i, v, q in zip(c.id.tolist(), c.v.tolist(), c.q.tolist(), strict=True)})
    assert len(out) == len(tags)
    return out


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_whole_model(path):
    points = json.loads(path.read_text("utf-8"))["group"]["points"]
    tags = tags_of(points, scale_exponent=-2)
    implemented = read(tags, image_of(points, lambda number: number + 1))
    absent = read(tags, image_of(points, lambda number: None))
    for number, (point, tag) in enumerate(zip(points, tags, strict=True)):
        if point["type"] == "string":
            assert implemented[tag.name] == (f"text {number}", 0)
            continue
        wanted = (number + 1) * 0.01 if "sf" in point else number + 1
        assert implemented[tag.name] == (pytest.approx(wanted), Quality.GOOD)
        assert absent[tag.name] == (0, Quality.NOT_IMPLEMENTED), point


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_is_read_in_one_request(path):
    points = json.loads(path.read_text("utf-8"))["group"]["points"]
    tags = tags_of(points, 0)
    spans = [Span(i, int(tag.address[8:]), register_count(tag.type, tag.length)) for i, tag in enumerate(tags)]
    assert len(plan_blocks(spans, gap_max=0, length_max=125)) == 1
