"""The web application, put together from services it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from platform_core.api import errors
from platform_core.api.boundary import Boundary
from platform_core.api.guard import declared_policy
from platform_core.api.openapi import describe, text_of
from platform_core.api.routes import (
    app_drafts,
    app_media,
    app_packages,
    app_versions,
    apps,
    asset_types,
    assets,
    audit,
    auth,
    code_blocks,
    enrolment,
    health,
    live,
    moments,
    preferences,
    publishers,
    remote_config,
    sandbox,
    tags,
    values,
    web,
    writes,
)
from platform_core.api.services import Services

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(services: Services, lifespan: Lifespan | None = None) -> FastAPI:
    """The application, without its boundary. Raises ``RuntimeError`` when a route declares no policy."""
    app = _routed(lifespan or _no_lifespan)
    app.state.services = services
    return app


def openapi_text() -> str:
    """The OpenAPI document as it is committed; needs no running platform."""
    return text_of(_routed(_no_lifespan))


def _routed(lifespan: Lifespan) -> FastAPI:
    app = FastAPI(
        title="Interlock",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    errors.install(app)
    modules = (
        auth,
        tags,
        values,
        moments,
        apps,
        app_drafts,
        app_versions,
        app_media,
        app_packages,
        code_blocks,
        publishers,
        assets,
        asset_types,
        writes,
        audit,
        preferences,
        health,
        enrolment,
        remote_config,
        live,
        sandbox,
        web,
    )
    for module in modules:
        app.include_router(module.router)
    missing = routes_without_policy(app)
    if missing:
        raise RuntimeError(f"Routes without policy: {', '.join(missing)}")
    describe(app)
    return app


def with_boundary(app: FastAPI) -> ASGIApp:
    """What the server runs: the application behind its outermost layer."""
    services: Services = app.state.services
    return Boundary(app, host_names=services.host_names, is_tls=services.is_tls)


def routes_without_policy(app: FastAPI) -> list[str]:
    """Paths whose endpoint declares no policy; anything that is not an endpoint (a mount) counts as well."""
    routes: list[BaseRoute] = list(app.routes)
    return [
        context.path or type(context.original_route).__name__
        for context in iter_route_contexts(routes)
        if declared_policy(context.endpoint) is None
    ]


@asynccontextmanager
async def _no_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield
