"""Which models are documents of their own: each gets a published JSON Schema and TypeScript types."""

from __future__ import annotations

from pydantic import BaseModel

from schemas.models.agent import AgentConfig
from schemas.models.app import AppDocument, PageDocument
from schemas.models.app_test import AppTestDocument
from schemas.models.asset import Asset, RoleMapRow
from schemas.models.asset_type import AssetType
from schemas.models.component import ComponentManifest
from schemas.models.composite import CompositeDocument
from schemas.models.connection import ConnectionTemplate
from schemas.models.driver import DriverManifest
from schemas.models.json_topic import JsonTopicValue
from schemas.models.sample import Sample
from schemas.models.tag import TagMeta
from schemas.models.tenant import Tenant

#: File stem → model.
DOCUMENTS: dict[str, type[BaseModel]] = {
    "agent": AgentConfig,
    "app": AppDocument,
    "app_test": AppTestDocument,
    "asset": Asset,
    "asset_type": AssetType,
    "component": ComponentManifest,
    "composite": CompositeDocument,
    "connection_template": ConnectionTemplate,
    "driver": DriverManifest,
    "json_topic_value": JsonTopicValue,
    "page": PageDocument,
    "role_map_row": RoleMapRow,
    "sample": Sample,
    "tag_meta": TagMeta,
    "tenant": Tenant,
}

#: Documents the browser reads; the others stay out of its types.
FOR_BROWSER = (
    "app", "page", "component", "composite", "app_test", "asset", "asset_type", "role_map_row", "sample", "tag_meta",
    "tenant",
)  # fmt: skip
