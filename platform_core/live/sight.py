"""Which tags a viewer does not get; may change while it looks."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray


class Sight:
    """Used within the event loop alone."""

    def __init__(self, hidden: Collection[int] = frozenset()) -> None:
        self._hidden = frozenset(hidden)
        #: Called with the tags that are no longer to be sent.
        self.on_hidden: Callable[[frozenset[int]], None] = lambda hidden: None

    def hide(self, hidden: Collection[int]) -> None:
        """From now on exactly these tags are hidden."""
        now = frozenset(hidden)
        more, self._hidden = now - self._hidden, now
        if more:
            self.on_hidden(more)

    def visible(self, ids: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """The ids that are not hidden."""
        if not self._hidden:
            return ids
        return np.array([tag_id for tag_id in ids.tolist() if tag_id not in self._hidden], dtype=np.uint32)
