"""Where an element stands while an app's tests run: on the page that is open, or inside instances of blocks on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from platform_core.services.documents.parsed import block_key, is_composite
from platform_core.services.documents.source import Documents
from platform_core.services.documents.values import Scalar
from schemas.models.binding import Binding
from schemas.models.composite import CompositeDocument
from schemas.models.element import Element


@dataclass(frozen=True, slots=True)
class Place:
    """A page, or the inside of one instance of a block."""

    elements: Mapping[str, Element]
    #: Parameters by value; inside a block also those that follow a binding of its instance.
    params: Mapping[str, Scalar]
    given: Mapping[str, Binding]
    #: `<element>/` for each block around it, from outside.
    path: str = ""
    around: Place | None = None
    holder: str = ""


def inside(place: Place, element_id: str, block: CompositeDocument) -> Place:
    """The inside of an instance."""
    element = place.elements[element_id]
    params: dict[str, Scalar] = {}
    for name, spec in block.params.items():
        value = element.props.get(name, spec.default)
        params[name] = value if isinstance(value, str | int | float | bool) else None
    given = {target[1:]: bound for target, bound in element.bind.items() if target[1:] in block.params}
    return Place(block.elements, params, given, f"{place.path}{element_id}/", place, element_id)


def find_element(page: Place, path: str, documents: Documents) -> tuple[Place, str] | None:
    """The place an element is in and its id there; ``path`` names the instances on the way to it."""
    place = page
    *instances, name = path.split("/")
    for instance in instances:
        element = place.elements.get(instance)
        block = documents.block(block_key(element)) if element is not None and is_composite(element) else None
        if block is None:
            return None
        place = inside(place, instance, block)
    return (place, name) if name in place.elements else None
