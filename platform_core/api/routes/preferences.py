"""Preferences of the person who asks."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import ConfigDict
from pydantic.config import JsonDict

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, policy
from platform_core.api.services import Injected
from schemas.models.preferences import Preferences

router = APIRouter(prefix="/api/v1/preferences", tags=["preferences"], route_class=GuardedRoute)
_EXAMPLE: JsonDict = {"favourites": [{"app": "line"}], "units": {"temperature": "°F"}, "language": "zh-CN"}


class PreferencesView(Preferences):
    """A person's preferences."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})


@router.get("", summary="My preferences", responses=problems(401))
@policy("preference.read")
def read_preferences(caller: Caller, services: Injected) -> PreferencesView:
    """Defaults for someone who has set nothing."""
    return PreferencesView.model_validate(services.preferences.get(caller).model_dump())


@router.put("", summary="Set my preferences", responses=problems(401, 422))
@policy("preference.write")
def put_preferences(caller: Caller, services: Injected, body: Preferences) -> PreferencesView:
    """Replaces the whole document."""
    services.preferences.put(caller, body)
    return PreferencesView.model_validate(body.model_dump())
