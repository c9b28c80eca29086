"""The edge agent's configuration document, agent.yaml, after its templates are expanded."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.identifiers import Identifier
from schemas.models.base import SECRET_FILE, Document
from schemas.models.connection import ConnectionConfig

AGENT_CONFIG_VERSION = 1
#: Enough for the last 1,000 frames of any connection that sends short ones.
FRAMES_BYTES_MAX = 512 * 1024


class BrokerConfig(Document):
    """The MQTT broker."""

    url: str = Field(
        pattern=r"^mqtts?://[^\s/@]+(:[0-9]{1,5})?/?$",
        description="mqtt://host:port, or mqtts:// with TLS.",
    )
    username: str | None = Field(default=None, description="User of this edge.")
    password_file: str | None = Field(
        default=None, description="File with the password, relative to this file.", json_schema_extra=SECRET_FILE
    )
    ca_file: str | None = Field(default=None, description="CA that signed the broker's certificate.")
    bucket: int = Field(default=0, ge=0, le=9999, description="Work-sharing bucket, from enrolment.")


class MetricsConfig(Document):
    """Where /metrics answers."""

    listen: str = Field(
        default="127.0.0.1:9464",
        pattern=r"^\S+:[0-9]{1,5}$",
        description="Address; port 0 picks one and writes it to metrics.addr in the data folder.",
    )
    tags: bool = Field(default=False, description="Also value, quality and age of each tag, of the first 1,000 tags.")


class DiagnosticsConfig(Document):
    """What is kept to look at when something is wrong."""

    frames: bool = Field(
        default=True, description="Keep the last frames of each connection, to be read with edge-agent frames."
    )
    frames_memory_mb: int = Field(
        default=8, ge=1, le=1024, description="Memory for the frames of all connections together, MiB."
    )

    def frames_bytes(self, connections: int) -> int:
        """Memory for the frames of one of so many connections; 0 where none are kept."""
        return min(FRAMES_BYTES_MAX, (self.frames_memory_mb << 20) // max(1, connections)) if self.frames else 0


class SpoolConfig(Document):
    """The outbox on disk."""

    size_max_mb: int = Field(default=2048, ge=8, le=1_000_000, description="Size bound, MiB.")
    disk_free_min_mb: int = Field(default=512, ge=0, description="Free disk always left, MiB.")
    policy: Literal["oldest", "newest", "thin"] = Field(
        default="oldest",
        description="When it is full: oldest drops the oldest data, newest takes no new ones,"
        " thin drops every second batch of the older half.",
    )
    age_max_h: float | None = Field(
        default=None, ge=1, le=87_600, description="What waits longer is dropped and declared, h; left out: no limit."
    )
    retain_acked_h: float = Field(
        default=24.0, ge=0, description="Acked batches are kept this long for a restored platform."
    )
    profile: Literal["disk", "sd_card"] = Field(
        default="disk", description="sd_card: fewer, larger writes (500 ms instead of 50 ms)."
    )
    backlog_batches_per_s: float = Field(
        default=50.0, gt=0, le=10_000, description="Pace of the backlog beside fresh data."
    )


class AgentConfig(Document):
    """What an edge agent collects and where it sends it."""

    version: Literal[1] = Field(description="Version of this document.")
    tenant: Identifier = Field(default="factory", description="Firm the edge belongs to.")
    edge: Identifier = Field(description="Name of this edge, unique within the tenant.")
    broker: BrokerConfig = Field(description="MQTT broker.")
    data_dir: str = Field(default="data", description="Folder for spool and identity.")
    metrics: MetricsConfig | None = Field(default=None, description="Metrics; left out: none.")
    diagnostics: DiagnosticsConfig = Field(default=DiagnosticsConfig(), description="What is kept to look at.")
    spool: SpoolConfig = Field(default=SpoolConfig(), description="The outbox on disk.")
    connections: tuple[ConnectionConfig, ...] = Field(default=(), max_length=2000, description="Devices.")

    @model_validator(mode="after")
    def _unique(self) -> Self:
        ids = [connection.id for connection in self.connections]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"connection ids used twice: {', '.join(twice)}")
        return self
