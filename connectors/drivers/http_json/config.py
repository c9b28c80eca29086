"""Settings of an HTTP connection; the manifest's schema is generated from this model."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.models.base import SECRET, SECRET_FILE, Document

#: RFC 9110 §5.6.2: a field name is a token; values without control characters cannot smuggle a second header.
HeaderName = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
HeaderValue = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[\x20-\x7e]*$")]
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "accept"})


class HttpJsonConfig(Document):
    """How to reach one HTTP server that answers GET with JSON. Redirects are not followed."""

    base_url: str = Field(
        pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+(/[\x21-\x7e]*)?$",
        max_length=500,
        description="Address, for example http://192.168.0.10:8080; what tags name is added to it.",
    )
    headers: dict[HeaderName, HeaderValue] = Field(
        default={}, max_length=32, description="Headers sent with each request; secrets belong in header_files.",
        json_schema_extra=SECRET,
    )  # fmt: skip
    header_files: dict[HeaderName, str] = Field(
        default={}, max_length=8, description="Headers whose value is kept in a file, for example Authorization.",
        json_schema_extra=SECRET_FILE,
    )  # fmt: skip
    username: str | None = Field(default=None, max_length=200, description="User of Basic authentication.")
    password_file: str | None = Field(
        default=None, description="File with the password.", json_schema_extra=SECRET_FILE
    )
    ca_file: str | None = Field(
        default=None, description="Certificates (PEM) an https server is checked against. Left out: the system's."
    )
    time_pointer: str = Field(
        default="", max_length=200, description="JSON pointer to the device's time in each answer; empty: none."
    )
    time_format: Literal["iso8601", "unix_s", "unix_ms"] = Field(
        default="iso8601", description="How that time is written; iso8601 needs an offset or Z."
    )
    timeout_ms: int = Field(default=4000, ge=100, le=120_000, description="Longest wait for a whole answer, ms.")
    answer_size_max_kb: int = Field(default=1024, ge=1, le=65_536, description="Larger answers are refused, KiB.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        names = [name.lower() for name in (*self.headers, *self.header_files)]
        if taken := sorted(_OURS & set(names)):
            raise ValueError(f"the header {taken[0]} is set by the driver")
        if len(set(names)) != len(names):
            raise ValueError("a header is given twice")
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file go together")
        if self.username is not None and "authorization" in names:
            raise ValueError("give either username or the header Authorization")
        if self.time_pointer and not self.time_pointer.startswith("/"):
            raise ValueError("time_pointer must start with /")
        return self
