"""The edge agent's configuration document, agent.yaml, after its templates are expanded."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.identifiers import Identifier
from schemas.models.base import SECRET_FILE, Document
from schemas.models.calculated import CalculatedTag
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
    cert_file: str | None = Field(default=None, description="This edge's own certificate, where the broker wants one.")
    key_file: str | None = Field(default=None, description="Key of that certificate, PEM, readable by the agent alone.")
    bucket: int = Field(default=0, ge=0, le=9999, description="Work-sharing bucket, from enrolment.")

    @model_validator(mode="after")
    def _tls_whole(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together")
        if not self.url.startswith("mqtts:") and (self.ca_file or self.cert_file):
            raise ValueError("ca_file and cert_file are for mqtts:// (TLS); this url is mqtt://, without TLS")
        return self


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


class PageConfig(Document):
    """The agent's own web page."""

    listen: str = Field(
        default="127.0.0.1:8770",
        pattern=r"^\S+:[0-9]{1,5}$",
        description="Address; one other than 127.0.0.1 only once a password is set (edge-agent page password).",
    )


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


SparkplugId = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^+/#\x00-\x1f]+$")]
TopicPrefix = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^+#\x00-\x1f/]+(/[^+#\x00-\x1f/]+)*$")]


class SparkplugConfig(Document):
    """The agent as an edge node of Sparkplug B, beside the native wire; a connection is a device of it."""

    group: SparkplugId = Field(description="Group ID: the first name in every topic.")
    node: SparkplugId | None = Field(default=None, description="Edge Node ID; left out: the name of this edge.")
    primary_host: SparkplugId | None = Field(
        default=None,
        description="Host without which nothing is sent: values are kept while it is offline. Left out: no such host.",
    )
    broker: BrokerConfig | None = Field(default=None, description="Another broker; left out: the agent's own.")
    keep_points_max: int = Field(
        default=200_000, ge=0, le=5_000_000,
        description="Points kept in memory while nobody takes them; beyond it the oldest go.",
    )  # fmt: skip


class JsonTopicsConfig(Document):
    """Latest values as plain JSON, a retained topic for each tag: prefix/site/connection/tag."""

    prefix: TopicPrefix = Field(default="il-uns", description="Beginning of every topic.")
    site: SparkplugId | None = Field(default=None, description="Second part of the topic; left out: the edge's name.")
    broker: BrokerConfig | None = Field(default=None, description="Another broker; left out: the agent's own.")


class AgentConfig(Document):
    """What an edge agent collects and where it sends it."""

    version: Literal[1] = Field(description="Version of this document.")
    tenant: Identifier = Field(default="factory", description="Firm the edge belongs to.")
    edge: Identifier = Field(description="Name of this edge, unique within the tenant.")
    broker: BrokerConfig = Field(description="MQTT broker.")
    remote_config: bool = Field(
        default=False,
        description="Whether the platform may change connections and templates; allowed here, at the machine, only.",
    )
    data_dir: str = Field(default="data", description="Folder for spool and identity.")
    metrics: MetricsConfig | None = Field(default=None, description="Metrics; left out: none.")
    diagnostics: DiagnosticsConfig = Field(default=DiagnosticsConfig(), description="What is kept to look at.")
    page: PageConfig | None = Field(default=None, description="The agent's own web page; left out: none.")
    spool: SpoolConfig = Field(default=SpoolConfig(), description="The outbox on disk.")
    sparkplug: SparkplugConfig | None = Field(default=None, description="Sparkplug B beside it; left out: none.")
    json_topics: JsonTopicsConfig | None = Field(default=None, description="Plain JSON beside it; left out: none.")
    connections: tuple[ConnectionConfig, ...] = Field(default=(), max_length=2000, description="Devices.")
    calculated: tuple[CalculatedTag, ...] = Field(
        default=(), max_length=2000, description="Tags made of the values of other tags."
    )

    @model_validator(mode="after")
    def _unique(self) -> Self:
        ids = [connection.id for connection in self.connections]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"connection ids used twice: {', '.join(twice)}")
        return self
