"""Which form of each file in the data folder this version writes; an earlier version refuses a later form."""

from __future__ import annotations

from typing import Final

from edge_agent.buffer.identity import VERSION as IDENTITY
from edge_agent.buffer.layout import VERSION as SPOOL

#: Asked by the installer before it changes versions: going back is only possible where no form is newer.
FORMS: Final = {"identity": IDENTITY, "spool": SPOOL}
