"""Units of measurement: what belongs together, how to convert, what a product is measured in.

One table (`units.json`) for Python and the browser. Meaning: docs/reference/units.md.
"""

from __future__ import annotations

from schemas.units.table import (
    Conversion,
    Unit,
    conversion,
    convert_value,
    dimension_of,
    is_known,
    parse_unit,
    power,
    root,
    same_dimension,
    same_unit,
    times,
    units_like,
)

__all__ = [
    "Conversion",
    "Unit",
    "conversion",
    "convert_value",
    "dimension_of",
    "is_known",
    "parse_unit",
    "power",
    "root",
    "same_dimension",
    "same_unit",
    "times",
    "units_like",
]
