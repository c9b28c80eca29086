"""What is refused for good is told in words: every code that a dead letter can have is in the screens' catalogue."""

from __future__ import annotations

import re

from tests.support.processes import ROOT

#: Where a batch is read: whatever these raise for good ends in a dead letter.
READ_BY = [
    "schemas/wire/batch.py", "schemas/wire/body.py", "schemas/wire/gap.py", "schemas/wire/dictionary.py",
    "platform_core/ingest/envelope.py", "platform_core/ingest/intake.py", "platform_core/ingest/tag_rows.py",
]  # fmt: skip
#: Given where no WireError says why.
BY_ITSELF = {"wire.envelope", "ingest.poison", "store.refused", "spool_damaged"}
#: Never for good: the batch waits for a platform that reads it.
RETRIED = {"wire.version"}


def codes() -> set[str]:
    found: set[str] = set()
    for path in READ_BY:
        found |= set(re.findall(r'WireError\(\s*"([a-z_.]+)"', (ROOT / path).read_text("utf-8")))
    return found - RETRIED | BY_ITSELF


def worded() -> set[str]:
    text = (ROOT / "app_designer/src/sdk/refusals.ts").read_text("utf-8")
    return set(re.findall(r'^  "?([a-z_.]+)"?: \[', text, re.MULTILINE))


def test_every_code_has_words_and_no_words_are_left_over() -> None:
    assert codes() == worded()
