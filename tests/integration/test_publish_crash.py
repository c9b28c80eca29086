"""kill -9 of a real platform while it publishes and goes back: one of the two is live, nothing else has changed."""

import contextlib
import json
import sqlite3
import time

import pytest

from tests.support.publish_crash import APP, PAGE, Platform, Publisher, judge, rounds


def test_killed_while_publishing_and_going_back(tmp_path):
    assert rounds(tmp_path / "data", count=3, seed=11, longest_s=0.8) > 1


DAMAGES = [
    ("UPDATE app SET current_release = NULL", "no release is live"),
    ("UPDATE app SET current_release = 1", "is live, expected"),
    ("DELETE FROM app_release WHERE no = 2", "a number is missing"),
    ("UPDATE app_release SET content = replace(content, '1.1.0', '1.7.0') WHERE no = 1", "not what it was"),
    ("DELETE FROM app_draft_file WHERE path = 'pages/main.json'", "main.json"),
    ("UPDATE app_draft_file SET content = replace(content, '1.3.0', '1.1.0')", "neither as before"),
]
TABLES = ("app_draft_file", "app_release", "app")


def _published(tmp_path):
    platform = Platform(tmp_path / "data")
    platform.start()
    for path, document in (("app.json", APP), ("pages/main.json", PAGE)):
        platform.call("PUT", f"/line/draft/files/{path}", document, If_None_Match="*")
    publisher = Publisher(platform, 1, 0)
    for _ in range(3):
        publisher._publish()
    return platform, publisher


def _saved(database):
    return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}


def _put_back(database, saved):
    for name in TABLES:
        database.execute(f"DELETE FROM {name}")
    for name in reversed(TABLES):
        holes = ",".join("?" * len(saved[name][0]))
        database.executemany(f"INSERT INTO {name} VALUES ({holes})", saved[name])
    database.commit()


def test_going_back_is_quick_and_the_judge_sees_each_damage(tmp_path):
    platform, publisher = _published(tmp_path)
    try:
        before = platform.call("GET", "/line/draft")[1]
        began = time.monotonic()
        publisher._choose(1)
        took_s = time.monotonic() - began
        assert platform.call("GET", "/line/releases/current")[1]["release"]["no"] == 1
        assert platform.call("GET", "/line/draft")[1] == before
        print(json.dumps({"rollback_s": round(took_s, 3)}))  # told, not judged: a slow machine is no defect
        publisher._choose(3)
        with contextlib.closing(sqlite3.connect(tmp_path / "data" / "platform.db", timeout=20)) as database:
            saved = _saved(database)
            for damage, words in DAMAGES:
                judge(platform, publisher)
                database.execute(damage)
                database.commit()
                with pytest.raises((AssertionError, KeyError), match=words):
                    judge(platform, publisher)
                _put_back(database, saved)
            judge(platform, publisher)
    finally:
        platform.kill()
