"""How many requests one caller may make: a token bucket for each user and address.

Generous: a page of many components is far below it, a program that has run wild is not. Requests without a
valid login share the bucket of their address. WebSockets are not counted: the hub has limits of its own.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from platform_core.auth.policy import Principal
from schemas.errors import AuthError

RATE_PER_S = 50.0
BURST = 200.0
CALLERS_MAX = 10_000
_V6_NETWORK_BITS = 64


class TooManyRequestsError(AuthError):
    """The caller has to wait ``retry_after_s`` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            "request.rate", "Too many requests.", hint=f"Try again in {retry_after_s} s; ask for more at a time."
        )
        self.retry_after_s = retry_after_s


class RequestLimit:
    """Used within the event loop alone. ``clock`` gives monotonic seconds."""

    def __init__(
        self, rate_per_s: float = RATE_PER_S, burst: float = BURST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, principal: Principal | None, address: str) -> None:
        """Count a request of this caller. Raises ``TooManyRequestsError`` (and counts nothing) when it is one too
        many.
        """
        who = None if principal is None else (principal.tenant, principal.kind, principal.name)
        key = (who, _network(address))
        now_s = self._clock()
        tokens, at_s = self._buckets.pop(key, (self._burst, now_s))
        tokens = min(self._burst, tokens + (now_s - at_s) * self._rate_per_s)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, now_s)
        if len(self._buckets) > CALLERS_MAX:  # the one that has been quiet for longest
            self._buckets.popitem(last=False)
        if not allowed:
            raise TooManyRequestsError(max(1, math.ceil((1 - tokens) / self._rate_per_s)))


def _network(address: str) -> str:
    """One machine may have as many IPv6 addresses as it likes within its network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((int(parsed), _V6_NETWORK_BITS), strict=False))
