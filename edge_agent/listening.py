"""What a device told by itself, on the same way as what is read: scan class, batch, gap ledger."""

from __future__ import annotations

from collections.abc import Callable

from connectors.driver import Delivery
from edge_agent.batcher import Batcher
from edge_agent.calculated.engine import Outcome
from edge_agent.calculated.section import CALCULATED
from edge_agent.pipeline.scan import ScanClass
from schemas.wire.gap import GapRecord


def take_delivery(
    conn: str, scan: ScanClass, delivery: Delivery, batcher: Batcher, calculate: Callable[[ScanClass], Outcome]
) -> None:
    """Samples of a delivery of connection `conn` with what is calculated of them, and a gap for each loss: how many
    values it cost nobody knows."""
    gaps = [
        GapRecord("not_sampled", loss.reason, conn, min(loss.from_ts, loss.to_ts), loss.to_ts, None, "points")
        for loss in delivery.losses
    ]
    for readings in delivery.rounds:
        cycle = scan.process(readings)
        made = calculate(scan)
        batcher.add(conn, cycle.groups, gaps=cycle.gaps, marks=cycle.marks, end_of_cycle=False)
        batcher.add(CALCULATED, made.groups, totals=made.totals, end_of_cycle=False)
    if gaps:
        batcher.add(conn, [], gaps=gaps, end_of_cycle=False)
