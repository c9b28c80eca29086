"""Settings of an MQTT connection; the manifest's schema is generated from this model."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.models.base import SECRET_FILE, Document


class MqttInConfig(Document):
    """How to reach one MQTT broker (3.1.1) on which machines publish JSON, or Sparkplug B."""

    host: str = Field(min_length=1, max_length=253, description="Name or address of the broker.")
    port: int | None = Field(default=None, ge=1, le=65_535, description="Port; left out: 1883, with tls 8883.")
    tls: bool = Field(default=False, description="Speak TLS, and check the broker's certificate and name.")
    ca_file: str | None = Field(
        default=None, description="Certificates (PEM) the broker is checked against. Left out: the system's."
    )
    payload: Literal["json", "sparkplug"] = Field(
        default="json", description="What is published: JSON (or plain text), or Sparkplug B of edge nodes."
    )
    username: str | None = Field(default=None, max_length=200, description="User.")
    password_file: str | None = Field(
        default=None, description="File with the password.", json_schema_extra=SECRET_FILE
    )
    client_id: str = Field(
        default="", max_length=64, pattern=r"^[A-Za-z0-9_.-]*$",
        description="With a name of its own the broker keeps what comes (QoS 1) while the link is down; empty: it does "
        "not. No two programs may have the same.",
    )  # fmt: skip
    qos: Literal[0, 1] = Field(default=1, description="Quality of service it asks for: 1 is sent again until taken.")
    retained: Literal["use", "ignore"] = Field(
        default="use", description="What a topic keeps for newcomers: its age is not known unless the payload says it."
    )
    stale_after_s: int = Field(
        default=300, ge=0, le=31_536_000,
        description="A tag that has not come for so long is uncertain, s; 0: never, for what is sent on change alone.",
    )  # fmt: skip
    time_pointer: str = Field(
        default="", max_length=200, description="JSON pointer to the device's time in each payload; empty: none."
    )
    time_format: Literal["iso8601", "unix_s", "unix_ms"] = Field(
        default="iso8601", description="How that time is written; iso8601 needs an offset or Z."
    )
    payload_size_max_kb: int = Field(default=256, ge=1, le=16_384, description="Larger payloads are refused, KiB.")
    keep_alive_s: int = Field(default=20, ge=2, le=3600, description="A silent link is asked for a sign of life, s.")
    timeout_ms: int = Field(default=4000, ge=100, le=120_000, description="Longest wait for an answer, ms.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.password_file is not None and self.username is None:
            raise ValueError("password_file needs username")
        if self.ca_file is not None and not self.tls:
            raise ValueError("ca_file needs tls: true")
        if self.payload == "sparkplug" and self.time_pointer:
            raise ValueError("time_pointer is of JSON: Sparkplug tells the time of each value by itself")
        if self.time_pointer and not self.time_pointer.startswith("/"):
            raise ValueError("time_pointer must start with /")
        return self
