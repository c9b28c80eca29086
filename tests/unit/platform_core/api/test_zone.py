"""The site's time zone: told with the session, and followed by buckets of history."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from platform_core.db.tenancy import SiteRow
from platform_core.services.history import History, HistoryQuery
from schemas.errors import ConfigError

from .conftest import log_in

HOUR = 3_600_000_000
DAY = 24 * HOUR


def move(bench, zone):
    with bench.database.write() as session:
        row = session.get(SiteRow, ("factory", "main"))
        row.zone = zone
        session.add(row)


def test_the_session_tells_the_zone_of_its_own_tenant(bench):
    assert bench.client("viewer").get("/api/v1/auth/session").json()["zone"] == "UTC"
    move(bench, "Asia/Shanghai")
    assert bench.client("viewer").get("/api/v1/auth/session").json()["zone"] == "Asia/Shanghai"
    assert bench.client("viewer", "other").get("/api/v1/auth/session").json()["zone"] == "UTC"
    bench.user("mona", "viewer")
    assert log_in(bench, "mona").get("/api/v1/auth/session").json()["zone"] == "Asia/Shanghai"


def test_a_zone_this_machine_does_not_know_is_utc(bench):
    move(bench, "Mars/Olympus")
    assert bench.services.sites.zone("factory") == "UTC"
    assert bench.services.sites.zone("nobody") == "UTC"
    with pytest.raises(ConfigError, match="no time zone"):
        bench.accounts.ensure_tenant("third", zone="Mars/Olympus")


class Watched:
    """The store, and in which zone it was asked for buckets."""

    def __init__(self, store):
        self.store = store
        self.zones = []

    def raw(self, *given, **more):
        return self.store.raw(*given, **more)

    def buckets(self, tenant, ids, t0, t1, step_us, tz, fns, between):
        self.zones.append(tz)
        rows = self.store.buckets(tenant, ids, t0, t1, step_us, tz, fns, between)
        self.starts = rows[0].t
        return rows


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_days_of_a_trend_begin_at_the_sites_midnight(plant, zone):
    move(plant, zone)
    # The 30 March 2025 has 23 hours in Berlin.
    t0 = int(datetime(2025, 3, 28, tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000
    times = np.arange(t0, t0 + 5 * DAY, 60_000_000)
    plant.put("factory", plant.ids[0], "f", times, np.arange(len(times)) % 7)
    store = Watched(plant.store)
    history = History(store, plant.services.tags, plant.services.sites.zone)
    history.query("factory", HistoryQuery(plant.ids[:1], t0, t0 + 5 * DAY, points=5))
    assert set(store.zones) == {zone}
    lengths = set(np.diff(store.starts).tolist())
    assert lengths == ({DAY} if zone == "UTC" else {DAY, DAY - HOUR})
