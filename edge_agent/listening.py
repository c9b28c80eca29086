"""What a device told by itself, on the same way as what is read: scan class, batch, gap ledger."""

from __future__ import annotations

from collections.abc import Callable

from connectors.driver import Delivery, Loss
from edge_agent.batcher import Batcher
from edge_agent.buffer.rows import SequenceKey
from edge_agent.calculated.engine import Outcome
from edge_agent.calculated.section import CALCULATED
from edge_agent.pipeline.scan import ScanClass
from schemas.wire.gap import CountOf, GapRecord


def take_delivery(
    conn: str, scan: ScanClass, delivery: Delivery, batcher: Batcher, calculate: Callable[[ScanClass], Outcome]
) -> None:
    """Samples of a delivery of connection `conn` with what is calculated of them, and a gap for each loss: how many
    values it cost mostly nobody knows. Positions are stored in one entry with everything of the delivery."""
    if delivery.positions:
        with batcher.one_entry():
            marks = {SequenceKey(conn, name): at for name, at in delivery.positions.items()}
            batcher.add(conn, [], marks=marks)
            _take(conn, scan, delivery, batcher, calculate)
        return
    _take(conn, scan, delivery, batcher, calculate)


def _take(
    conn: str, scan: ScanClass, delivery: Delivery, batcher: Batcher, calculate: Callable[[ScanClass], Outcome]
) -> None:
    gaps = [_gap(conn, loss) for loss in delivery.losses]
    for readings in delivery.rounds:
        cycle = scan.process(readings, dated=delivery.dated)
        made = calculate(scan)
        batcher.add(conn, cycle.groups, gaps=cycle.gaps, marks=cycle.marks, end_of_cycle=False)
        batcher.add(CALCULATED, made.groups, totals=made.totals, end_of_cycle=False)
    if gaps:
        batcher.add(conn, [], gaps=gaps, end_of_cycle=False)


def _gap(conn: str, loss: Loss) -> GapRecord:
    first = min(loss.from_ts, loss.to_ts)
    of: CountOf = "points" if loss.rows is None else "rows"
    return GapRecord("not_sampled", loss.reason, conn, first, loss.to_ts, loss.rows, of)
