"""Imports an app package into a real database, killed (SIGKILL) before its n-th statement, for every n.

Prints one line of JSON per n: the exit and what the database holds afterwards. ``in_two`` is the negative control: the
mappings are committed before the release, as if these were two transactions.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from sqlalchemy import event

from platform_core.auth.accounts import Accounts
from platform_core.db import Database, open_database
from platform_core.db.edges import EdgeRow
from platform_core.db.tags import TagRow
from platform_core.services import app_packages
from platform_core.services.app_packages import Installation, Packages
from platform_core.services.apps import Apps
from platform_core.services.documents.packages import pack
from schemas.models.asset import RoleMapRow
from tests.unit.platform_core.documents.made import app, catalog

TENANT = "factory"
ROWS = {
    "asset": "SELECT id FROM asset ORDER BY id",
    "role_map": "SELECT asset, role FROM role_map ORDER BY asset, role",
    "app": "SELECT id, current_release FROM app",
    "app_release": "SELECT no FROM app_release",
    "app_block": "SELECT path FROM app_block",
    "app_draft_file": "SELECT path FROM app_draft_file ORDER BY path",
    "audit": "SELECT action, resource FROM audit ORDER BY id",
}


def prepare(folder: Path) -> None:
    database = open_database(folder)
    Accounts(database).ensure_tenant(TENANT)
    with database.write() as session:
        session.add(EdgeRow(tenant=TENANT, id="line_1", first_seen_ts=1, last_seen_ts=1))
        session.flush()
        tag = {"tenant": TENANT, "edge": "line_1", "uuid": "u", "key": "k", "connection": "c", "kind": "f"}
        session.add(TagRow(**tag, first_seen_ts=1))
    database.close()


def holds(folder: Path) -> dict[str, Any]:
    """What is there after a restart."""
    database = open_database(folder)
    with database.read() as session:
        found = {
            name: [list(row) for row in session.connection().exec_driver_sql(query).fetchall()]
            for name, query in ROWS.items()
        }
    database.close()
    return found


def commit_mappings_first() -> None:
    whole = app_packages._map

    def apart(session: Any, *rest: Any) -> None:
        whole(session, *rest)
        session.flush()
        raw = session.connection().connection.driver_connection
        raw.execute("COMMIT")
        raw.execute("BEGIN IMMEDIATE")

    app_packages._map = apart


def die_before(database: Database, number: int) -> None:
    left = number

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)


def install(folder: Path, mode: str, number: int) -> None:
    database = open_database(folder)
    packages = Packages(database, Apps(database, catalog()))
    upload = packages.inspect(TENANT, "mona", pack(app(), {})).upload
    die_before(database, number)
    signals = (RoleMapRow(asset="press_7", role="temperature", tag_id=1, valid_from=0),)
    how: dict[str, Any] = {"create_assets": ("press_7",), "signals": signals, "confirm_untrusted": True}
    packages.install(TENANT, "mona", upload, Installation(mode=mode, assets={"press_1": "press_7"}, **how))


def main(folder: Path, mode: str, in_two: bool) -> None:
    prepare(folder / "before")
    print(json.dumps({"exit": 0, "holds": holds(folder / "before")}), flush=True)
    if in_two:
        commit_mappings_first()
    for number in range(1, 1000):
        place = folder / str(number)
        shutil.copytree(folder / "before", place)
        child = os.fork()
        if child == 0:
            install(place, mode, number)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"exit": code, "holds": holds(place)}), flush=True)
        shutil.rmtree(place)
        if code != -signal.SIGKILL:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "in_two")
