"""NodeIds as people write them, and the server's tree as they see it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asyncua import Client, ua

from connectors.driver import BrowseItem

__all__ = ["browse_children", "check_address", "portable", "resolve"]

_WITH_URI = re.compile(r"nsu=([^;]+);(.+)\Z", re.DOTALL)
_BUILT_IN = {1: "bool", 4: "int16", 5: "uint16", 6: "int32", 7: "uint32", 8: "int64", 9: "uint64"}
_TYPES = _BUILT_IN | {2: "int16", 3: "uint16", 10: "float32", 11: "float64", 12: "string", 13: "int64"}
_BROWSE_MAX = 20_000


def check_address(address: str) -> None:
    """Raises ValueError for a text that is no NodeId."""
    resolve(address, {"": 0}, any_namespace=True)


def resolve(address: str, namespaces: dict[str, int], *, any_namespace: bool = False) -> ua.NodeId | None:
    """The NodeId in this session, or None where the server does not know its namespace URI.

    Raises ValueError for a text that is no NodeId.
    """
    text = address.strip()
    with_uri = _WITH_URI.match(text)
    if with_uri is not None:
        index = 0 if any_namespace else namespaces.get(with_uri.group(1))
        if index is None:
            return None
        text = f"ns={index};{with_uri.group(2)}"
    try:
        return ua.NodeId.from_string(text)
    except (ua.UaError, ValueError, TypeError) as error:
        raise ValueError(f"'{address}' is no NodeId") from error


def portable(node: ua.NodeId, uris: Sequence[str]) -> str:
    """NodeId text that stays right when the server numbers its namespaces anew."""
    text = str(node.to_string())
    if node.NamespaceIndex == 0 or node.NamespaceIndex >= len(uris):
        return text
    return f"nsu={uris[node.NamespaceIndex]};{text.partition(';')[2]}"


async def browse_children(client: Client, parent: ua.NodeId, uris: Sequence[str], per_read: int) -> list[BrowseItem]:
    """Objects and variables below a node, each once; variables with our type where there is one.

    `per_read`: the most nodes the server reads in one request.
    """
    references = await _references(client, parent)
    seen: dict[ua.NodeId, ua.ReferenceDescription] = {}
    for reference in references:
        seen.setdefault(ua.NodeId.from_string(reference.NodeId.to_string()), reference)
    variables = [node for node, found in seen.items() if found.NodeClass == ua.NodeClass.Variable]
    types: dict[ua.NodeId, str] = {}
    for first in range(0, len(variables), per_read):
        part = variables[first : first + per_read]
        values = await client.uaclient.session.read_attributes(part, ua.AttributeIds.DataType)
        for node, value in zip(part, values, strict=True):
            data_type = value.Value.Value if value.Value is not None else None
            if isinstance(data_type, ua.NodeId) and data_type.NamespaceIndex == 0:
                types[node] = _TYPES.get(data_type.Identifier, "")
    return [
        BrowseItem(
            portable(node, uris),
            found.DisplayName.Text or found.BrowseName.Name or "",
            types.get(node, ""),
            found.NodeClass == ua.NodeClass.Object,
        )
        for node, found in seen.items()
    ]


async def _references(client: Client, parent: ua.NodeId) -> list[ua.ReferenceDescription]:
    description = ua.BrowseDescription(
        parent,
        ua.BrowseDirection.Forward,
        ua.NodeId(ua.ObjectIds.HierarchicalReferences),
        True,
        ua.NodeClass.Object | ua.NodeClass.Variable,
        ua.BrowseResultMask.All,
    )
    parameters = ua.BrowseParameters(RequestedMaxReferencesPerNode=0, NodesToBrowse=[description])
    result = (await client.uaclient.session.browse(parameters))[0]
    result.StatusCode.check()
    found = list(result.References or [])
    # Continuation points are few and dear on small PLCs: drained at once.
    while result.ContinuationPoint and len(found) < _BROWSE_MAX:
        following = ua.BrowseNextParameters(False, [result.ContinuationPoint])
        result = (await client.uaclient.session.browse_next(following))[0]
        found += result.References or []
    return found
