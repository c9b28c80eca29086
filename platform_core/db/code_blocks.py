"""Table of installed blocks of other makers: each version is there once, as the package it came in."""

from __future__ import annotations

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class CodeBlockRow(SQLModel, table=True):
    """One version of a block. ``hash`` is that of its files and its address; a row never changes but in ``granted``.

    ``manifest`` is component.json; ``key_id`` the signer's (empty: not signed); ``granted`` JSON: a list of
    capabilities.
    """

    __tablename__ = "code_block"
    __table_args__ = (UniqueConstraint("tenant", "hash", name="code_block_hash"),)

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    id: str = Field(primary_key=True, max_length=60)
    version: str = Field(primary_key=True, max_length=24)
    hash: str = Field(max_length=64, index=True)
    manifest: str
    package: bytes
    key_id: str = ""
    granted: str = "[]"
    ts: int = Field(sa_type=BigInteger)
    author: str
