"""`python -m tests.bench.opcua_library URL NODES`: the library's own subscription and nothing else, for comparison.

Prints the changes counted and the processor time used, once a second.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from asyncua import Client, ua


class Counter:
    """The least a handler can do."""

    def __init__(self) -> None:
        self.changes = 0

    def datachange_notification(self, _node: Any, _value: Any, _data: Any) -> None:
        """Called by the library for each value."""
        self.changes += 1


async def main(url: str, nodes: int) -> None:
    """Until it is killed."""
    async with Client(url, timeout=30) as client:
        index = await client.get_namespace_index("urn:test:plant")
        counter = Counter()
        subscription = await client.create_subscription(100, counter)
        names = [client.get_node(ua.NodeId(f"v{number}", index)) for number in range(nodes)]
        for first in range(0, nodes, 1000):
            await subscription.subscribe_data_change(names[first : first + 1000], sampling_interval=0)
        while True:
            await asyncio.sleep(1)
            print(counter.changes, time.process_time(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
