"""The latest values of some tags, with quality, age and the last good value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from platform_core.live.encode import columns_of
from platform_core.live.hub import Hub


def latest_values(hub: Hub, tenant: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """One object ``{id, v, q, ts, fresh, good}`` per known tag, in the order asked.

    Ids that are not tags of the tenant are left out, like ids that nobody ever had.
    """
    asked = np.array(list(dict.fromkeys(ids)), dtype=np.uint32)
    known = asked[hub.latest.of_tenant(tenant, asked)]
    if not len(known):
        return []
    columns = columns_of(hub.latest.read(known), hub.fresh_of(known))
    names = list(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
