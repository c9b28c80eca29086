"""Installing app folders: the same again is nothing, a changed one a release, a user's work is left alone."""

import json

import pytest

from platform_core.auth.accounts import Accounts
from platform_core.db import open_database
from platform_core.services.apps import Apps
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.install import built_in_folders, install_all, install_folder, read_folder
from schemas.errors import ConfigError

APP = {"format": 1, "id": "line", "version": "1.0.0", "name": {"en": "Line"}, "home": "main"}
PAGE = {"format": 1, "id": "main", "title": {"en": "Main"}, "layout": {"lg": {"kind": "grid"}}}


@pytest.fixture
def apps(tmp_path):
    database = open_database(tmp_path / "data")
    Accounts(database).ensure_tenant("factory")
    yield Apps(database, ComponentCatalog([]))
    database.close()


def _folder(path, app=APP, **pages):
    (path / "pages").mkdir(parents=True, exist_ok=True)
    (path / "app.json").write_text(json.dumps(app))
    for name, page in (pages or {"main": PAGE}).items():
        (path / "pages" / f"{name}.json").write_text(json.dumps(page))
    return path


def test_the_same_folder_again_is_nothing_new(apps, tmp_path):
    folder = _folder(tmp_path / "line")
    assert install_folder(apps, "factory", folder).no == 1
    assert install_folder(apps, "factory", folder) is None
    (folder / "app.json").write_text(json.dumps(APP, indent=7))  # the same document, written otherwise
    assert install_folder(apps, "factory", folder) is None
    assert len(apps.releases("factory", "line")) == 1


def test_a_changed_folder_is_a_new_release(apps, tmp_path):
    folder = _folder(tmp_path / "line")
    install_folder(apps, "factory", folder)
    _folder(folder, {**APP, "version": "1.1.0"})
    assert install_folder(apps, "factory", folder).no == 2
    assert apps.current("factory", "line").files["app.json"]["version"] == "1.1.0"


def test_what_a_user_made_is_left_alone(apps, tmp_path):
    folder = _folder(tmp_path / "line")
    install_folder(apps, "factory", folder)
    mine = {**APP, "name": {"en": "Mine"}}
    etag = apps.drafts.file("factory", "line", "app.json").hash
    apps.drafts.write("factory", "line", "app.json", mine, expected=etag, author="mona")
    _folder(folder, {**APP, "version": "1.1.0"})
    install_folder(apps, "factory", folder)
    assert json.loads(apps.drafts.file("factory", "line", "app.json").content) == mine
    assert apps.current("factory", "line").no == 2  # nobody had published
    apps.publish("factory", "line", "", "mona")
    _folder(folder, {**APP, "version": "1.2.0"})
    assert install_folder(apps, "factory", folder).no == 4
    assert apps.current("factory", "line").files["app.json"] == mine  # what mona published stays


def test_one_bad_folder_does_not_stop_the_others(apps, tmp_path, caplog):
    bad = _folder(tmp_path / "bad", {**APP, "id": "bad", "home": "nowhere", "more": 1})
    (tmp_path / "empty").mkdir()
    good = _folder(tmp_path / "good")
    assert install_all(apps, "factory", [bad, tmp_path / "empty", good]) == ["line"]
    assert "/app.json/more" in caplog.text
    assert "empty" in caplog.text


def test_problems_of_a_folder_come_all_at_once(apps, tmp_path):
    folder = _folder(tmp_path / "bad", {**APP, "home": "nowhere"}, main={**PAGE, "id": "other"})
    with pytest.raises(ConfigError) as caught:
        install_folder(apps, "factory", folder)
    assert {problem.path for problem in caught.value.problems} == {"/app.json/home", "/pages~1main.json/id"}


def test_links_and_foreign_files_are_not_read(tmp_path):
    folder = _folder(tmp_path / "line")
    (tmp_path / "secret.json").write_text('{"secret": 1}')
    (folder / "notes.txt").write_text("not part of it")
    assert set(read_folder(folder)) == {"app.json", "pages/main.json"}
    (folder / "pages" / "link.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(ConfigError):
        read_folder(folder)


def test_built_in_apps_are_the_folders_with_an_app(tmp_path):
    _folder(tmp_path / "templates" / "line")
    (tmp_path / "templates" / "nothing").mkdir()
    assert [folder.name for folder in built_in_folders(tmp_path)] == ["line"]
