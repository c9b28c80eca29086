"""What the journal's tests share: entries with bodies that tell where they came from."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from platform_core.journal.format import Entry

STREAM = UUID("018f0000-0000-7000-8000-000000000001")


@pytest.fixture
def entry() -> Callable[..., Entry]:
    def make(seq: int, *, size: int = 40, kind: str = "data") -> Entry:
        body = (b"batch %d " % seq).ljust(size, b".")
        return Entry("factory", "line_1", STREAM, seq, kind, False, 1_700_000_000_000_000 + seq, body)

    return make
