"""Apps as every earlier version wrote them open, check, test, publish and travel. Fixtures are never changed."""

import hashlib
from pathlib import Path

import pytest

from platform_core.auth.accounts import Accounts
from platform_core.db import open_database
from platform_core.services import canonical_json
from platform_core.services.apps import Apps
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.packages import open_package, pack
from platform_core.services.install import install_folder, read_folder, read_media

ROOT = Path(__file__).parents[4]
FIXTURES = sorted(path.parent for path in (ROOT / "tests" / "fixtures" / "apps").glob("*/*/app.json"))
COMPONENTS = ROOT / "app_designer" / "components"
#: Hash of each fixture's content: a fixture that changes is no fixture.
HASHES = {"0.1/line_overview": "08f396021030cce16e0aaa7477026b13237e5d87d0cf721b5e1267e8aefa6e26"}
IDS = [f"{folder.parent.name}/{folder.name}" for folder in FIXTURES]


@pytest.fixture
def apps(tmp_path):
    database = open_database(tmp_path / "data")
    Accounts(database).ensure_tenant("factory")
    yield Apps(database, ComponentCatalog.from_folder(COMPONENTS))
    database.close()


def test_there_are_fixtures_and_nobody_changed_them():
    assert set(IDS) == set(HASHES)
    for folder, name in zip(FIXTURES, IDS, strict=True):
        assert canonical_json.digest(canonical_json.dumps(read_folder(folder))) == HASHES[name]


@pytest.mark.parametrize("folder", FIXTURES, ids=IDS)
def test_it_opens_and_publishes(apps, folder):
    app = install_folder(apps, "factory", folder).app
    assert [one for one in apps.drafts.check("factory", app) if one.severity == "error"] == []
    file = apps.drafts.file("factory", app, "app.json")
    document = {**canonical_json.loads(file.content.encode()), "version": "99.0.0"}
    apps.drafts.write("factory", app, "app.json", document, expected=file.hash, author="mona")
    assert apps.publish("factory", app, "", "mona").no == 2
    assert apps.lifted("factory", apps.current("factory", app))


@pytest.mark.parametrize("folder", FIXTURES, ids=IDS)
def test_without_any_of_its_components_it_still_opens_and_publishes(tmp_path, folder):
    database = open_database(tmp_path / "data")
    Accounts(database).ensure_tenant("factory")
    other = ComponentCatalog(
        [m for m in ComponentCatalog.from_folder(COMPONENTS).manifests.values() if m.id == "value"]
    )
    apps = Apps(database, other)
    release = install_folder(apps, "factory", folder)
    codes = {one.code for one in apps.drafts.check("factory", release.app)}
    assert "component.unknown" in codes
    assert apps.current("factory", release.app).files == read_folder(folder)
    database.close()


@pytest.mark.parametrize("folder", FIXTURES, ids=IDS)
def test_it_travels_without_a_change(folder):
    files = read_folder(folder)
    content = pack(files, read_media(folder))
    assert open_package(content).files == files
    assert hashlib.sha256(content).digest() == hashlib.sha256(pack(files, {})).digest()
