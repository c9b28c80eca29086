"""The one decision: every role with every action, and resources of other tenants."""

import pytest

from platform_core.auth.policy import ACTIONS, LEAST_ROLE, Principal, Resource, authorise
from schemas.errors import AuthError
from schemas.models.tenant import ROLES

# Written out by hand, so that a change of the table is a change of two places.
MAY = {
    "viewer": "session.read session.end tag.read value.read live.subscribe asset.read app.read health.read "
    "api.describe asset_type.read write.ask preference.read preference.write",
    "operator": "value.write write.stop",
    "builder": "asset.write asset_type.write tag.write app.draft.read app.draft.write app.publish package.install "
    "publisher.read code_block.read code_block.install",
    "admin": "account.read audit.read publisher.write code_block.grant edge.enrol edge.configure write.resume",
}


def _principal(role, tenant="factory"):
    return Principal(tenant, "mona", role, "session", 1)


def _allowed(role):
    upto = ROLES[: ROLES.index(role) + 1]
    return {action for lower in upto for action in MAY[lower].split()}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_exactly_its_actions(role):
    refused = set()
    for action in ACTIONS:
        try:
            authorise(_principal(role), action)
        except AuthError:
            refused.add(action)
    got = set(ACTIONS) - refused
    assert got == _allowed(role)


def test_every_action_has_a_least_role():
    assert set(LEAST_ROLE) == set(ACTIONS)


def test_nobody_may_nothing():
    for action in ACTIONS:
        with pytest.raises(AuthError) as caught:
            authorise(None, action)
        assert caught.value.code == "auth.needed"


def test_an_unknown_action_is_refused_even_for_administrators():
    with pytest.raises(AuthError) as caught:
        authorise(_principal("admin"), "plc.write")
    assert caught.value.code == "auth.forbidden"


def test_a_foreign_resource_is_like_none_at_all():
    def answer(tenant):
        with pytest.raises(AuthError) as caught:
            authorise(_principal("admin"), "tag.read", Resource("tag", "7", tenant))
        return caught.value.code, caught.value.message

    assert answer("other") == answer(None) == ("auth.unknown", "There is no tag '7'.")
    assert authorise(_principal("viewer"), "tag.read", Resource("tag", "7", "factory"))
