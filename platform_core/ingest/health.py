"""What is known of each edge, for the Health page: plain data, replaced as a whole on every heartbeat."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ConnectionHealth:
    """One connection of an agent. Times in µs UTC, corrected to the platform's clock; 0 = never.

    ``timeouts`` and ``exceptions`` are counted since the agent's start; ``rtt_p95_us`` is the round trip of the last
    minutes, ``busy_permille`` the share of the last minute in which an answer was waited for; 0: not told.
    """

    id: str
    driver: str
    up: bool
    since: int
    error: str
    last_read_ts: int
    scan_overruns: int
    tags: int
    bad_tags: int
    timeouts: int = 0
    exceptions: int = 0
    rtt_p95_us: int = 0
    busy_permille: int = 0


@dataclass(frozen=True, slots=True)
class EdgeHealth:
    """One agent. `offline_since` is 0 while online; `clock_offset_ms` is the agent's clock minus the platform's;
    points: accepted = acked + pending + dropped + dead."""

    tenant: str
    id: str
    online: bool = False
    offline_since: int = 0
    heard_ts: int = 0
    last_value_ts: int = 0
    clock_offset_ms: float = 0.0
    agent_version: str = ""
    config_hash: str = ""
    accepted: int = 0
    acked: int = 0
    pending: int = 0
    dropped: int = 0
    dead: int = 0
    backlog_bytes: int = 0
    backlog_oldest_ts: int = 0
    disk_free: int = 0
    spool_room_s: int = -1
    connections: tuple[ConnectionHealth, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class IngestStatus:
    """Ingest as a whole. Counts are since the start of this process."""

    core: str
    broker_up: bool
    points_per_s: float
    batches: int
    points: int
    duplicates: int
    dead: int
    refused: int
    forks: int
    shed: int
    impossible_times: int
    syncs: int
    journal_bytes: int
    journal_segments: int
    journal_last_no: int
    journal_damaged: int
    journal_torn_bytes: int
    journal_free_percent: float
    journal_error: str
    database_errors: int
    lag_blocks: int
    applied_no: int
    store_error: str
    credit: int
    viewers: int
    edges: tuple[EdgeHealth, ...]
