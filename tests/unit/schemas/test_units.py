"""The table of units and the arithmetic of units."""

from __future__ import annotations

import json
import math

import pytest

from schemas.codegen.__main__ import ROOT
from schemas.units import convert_value, dimension_of, parse_unit, power, root, same_unit, times, units_like

TABLE = json.loads((ROOT / "schemas/units/units.json").read_text("utf-8"))


def test_the_table_is_unambiguous() -> None:
    names = [name for row in TABLE["units"] for name in (row["id"], *row["aliases"])]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    dimensions = {row["id"] for row in TABLE["dimensions"]}
    assert {row["dimension"] for row in TABLE["units"]} <= dimensions
    assert all(set(row["label"]) == {"en", "zh-CN"} for row in TABLE["dimensions"])


def test_every_unit_is_found_by_each_of_its_spellings() -> None:
    for row in TABLE["units"]:
        for name in (row["id"], *row["aliases"]):
            found = parse_unit(name)
            assert found is not None
            assert found.text == row["id"]


def test_conversions_go_there_and_back() -> None:
    for row in TABLE["units"]:
        for other in units_like(row["id"]):
            there = convert_value(12.5, row["id"], other)
            assert there is not None
            back = convert_value(there, other, row["id"])
            assert back is not None
            assert math.isclose(back, 12.5, rel_tol=1e-9), (row["id"], other)


@pytest.mark.parametrize(
    ("x", "source", "target", "want"),
    [
        (100, "°C", "°F", 212),
        (212, "华氏度", "摄氏度", 100),
        (0, "°C", "K", 273.15),
        (10, "Δ°C", "Δ°F", 18),
        (1.5, "bar", "kPa", 150),
        (1, "兆帕", "巴", 10),
        (120, "l/min", "m3/h", 7.2),
        (3000, "rpm", "1/s", 50),
        (5, "度", "MJ", 18),
        (1, "kvarh", "kWh", None),
        (1, "in", "mm", 25.4),
        (2, "m/min", "mm/s", 100 / 3),
        (50, "Hz", "1/min", None),
        (1, "N·m", "J", None),
        (1, "°C", "Δ°C", None),
        (1, "carton", "pcs", None),
        (3, "carton", "carton", 3),
    ],
)
def test_convert(x: float, source: str, target: str, want: float | None) -> None:
    assert convert_value(x, source, target) == want


def test_case_matters_only_where_it_must() -> None:
    assert dimension_of("KWH") == "energy"
    assert dimension_of("Rpm") == "rotational_speed"
    assert dimension_of("mw") is None
    assert (dimension_of("mW"), dimension_of("MW")) == ("power", "power")


def test_products_are_named() -> None:
    kw, hour, pcs = parse_unit("kW"), parse_unit("h"), parse_unit("pcs")
    assert kw is not None
    assert hour is not None
    energy = times(kw, hour, 1)
    assert energy is not None
    assert energy.text == "kWh"
    each = times(energy, pcs, -1)
    assert each is not None
    assert each.text == "kWh/pcs"
    written = parse_unit("kWh/件")
    assert written is not None
    assert same_unit(each, written)
    assert times(kw, kw, -1) is None
    metre = parse_unit("m")
    assert metre is not None
    area = power(metre, 2)
    assert area is not None
    assert area.text == "m²"
    assert root(area) is metre


def test_hostile_texts_are_units_of_their_own() -> None:
    for text in ("/", "·", "//", "1/1", "a" * 1000, "<script>", "m^^2", "/" * 2000, "°C/°C"):
        parse_unit(text)
    assert parse_unit("") is None
    assert parse_unit("  ") is None
