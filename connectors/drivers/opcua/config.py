"""Settings of an OPC UA connection; the manifest's schema is generated from this model."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.models.base import SECRET_FILE, Document

SecurityPolicyName = Literal["None", "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"]


class OpcuaConfig(Document):
    """How to reach one OPC UA server. There is no way down to a weaker policy than the one given."""

    endpoint: str = Field(
        pattern=r"^opc\.tcp://[^\s@]+$", max_length=500, description="Address, for example opc.tcp://192.168.0.10:4840."
    )
    security_policy: SecurityPolicyName = Field(
        description="None sends everything readable over the network; it must be chosen, it is never fallen back to."
    )
    security_mode: Literal["Sign", "SignAndEncrypt"] = Field(
        default="SignAndEncrypt", description="What the policy does to messages; of no meaning with None."
    )
    certificate_file: str | None = Field(
        default=None,
        description="Our certificate, DER or PEM; left out with trust_folder: made there once, own/application.der.",
    )
    private_key_file: str | None = Field(
        default=None, description="Key of our certificate.", json_schema_extra=SECRET_FILE
    )
    server_certificate_file: str | None = Field(
        default=None, description="The server's certificate; only this one is accepted."
    )
    trust_folder: str | None = Field(
        default=None,
        description="Folder with the certificates to believe in 'trusted', authorities between in 'issuers', "
        "revocation lists in 'crl'; a server that is not trusted is refused and its certificate kept in 'rejected'.",
    )
    application_uri: str = Field(
        default="urn:interlock:edge-agent", description="Must be the URI in our certificate's alternative names."
    )
    username: str | None = Field(default=None, max_length=200, description="User; left out: anonymous.")
    password_file: str | None = Field(
        default=None, description="File with the password.", json_schema_extra=SECRET_FILE
    )
    user_certificate_file: str | None = Field(
        default=None, description="Certificate of the user instead of a password, DER or PEM."
    )
    user_private_key_file: str | None = Field(
        default=None, description="Key of the user's certificate.", json_schema_extra=SECRET_FILE
    )
    timeout_ms: int = Field(default=4000, ge=100, le=120_000, description="Longest wait for an answer, ms.")
    nodes_per_read_max: int = Field(
        default=1000, ge=1, le=20_000, description="Most nodes in one request; the server's own limit counts too."
    )
    message_size_max_mb: int = Field(default=16, ge=1, le=512, description="Larger answers are refused, MiB.")
    publishing_ms: int | None = Field(
        default=None,
        ge=10,
        le=3_600_000,
        description="With mode: subscribe, how often changes are sent, ms; left out: the tag's scan_ms.",
    )
    sampling_ms: int | None = Field(
        default=None,
        ge=0,
        le=3_600_000,
        description="With mode: subscribe, how often the server looks, ms; left out: as often as it sends.",
    )
    queue_size: int = Field(
        default=10, ge=1, le=10_000, description="Changes of one tag that the server keeps until it sends them."
    )
    discard_oldest: bool = Field(
        default=True, description="What goes when that queue is full: the oldest change (true) or the newest."
    )
    server_deadband: bool = Field(
        default=False,
        description="Deadbands are given to the server, to save a slow network; one that refuses them sends every "
        "change. Some servers hold a slow drift back for ever: try it first.",
    )
    items_per_call_max: int = Field(
        default=1000,
        ge=1,
        le=20_000,
        description="Most tags subscribed to in one request; the server's own limit counts too.",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.certificate_file is None) != (self.private_key_file is None):
            raise ValueError("certificate_file and private_key_file go together")
        if self.security_policy != "None" and self.certificate_file is None and self.trust_folder is None:
            raise ValueError(f"{self.security_policy} needs trust_folder, or certificate_file and private_key_file")
        if self.security_policy != "None" and (self.server_certificate_file is None) == (self.trust_folder is None):
            raise ValueError(f"{self.security_policy} needs either server_certificate_file or trust_folder")
        if self.username is not None and self.password_file is None:
            raise ValueError("username needs password_file")
        if (self.user_certificate_file is None) != (self.user_private_key_file is None):
            raise ValueError("user_certificate_file and user_private_key_file go together")
        if self.user_certificate_file is not None and self.username is not None:
            raise ValueError("give either username or user_certificate_file")
        if self.user_certificate_file is not None and self.security_policy == "None":
            raise ValueError("user_certificate_file needs a security policy, so that the server is known")
        return self
