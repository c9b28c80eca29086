"""The apps that come along pass the check they ask of others, know the simulated line, and are installed as built."""

import json
import shutil
import subprocess

import pytest

from connectors.peers.stamping_line.signals import SIGNALS
from platform_core.auth.accounts import Accounts
from platform_core.db import open_database
from platform_core.services.apps import Apps
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.app_tests import run_tests
from platform_core.services.documents.check import Surroundings, check_files
from platform_core.services.install import built_in_folders, install_all, read_folder, read_media
from schemas.models.component import ComponentManifest
from tests.support.processes import ROOT

DESIGNER = ROOT / "app_designer"
TEMPLATES = sorted(path.parent for path in (DESIGNER / "templates").glob("*/app.json"))
#: What `lint` may say of an app: the first one has no tests of its own.
ALLOWED = {"line_overview": {"lint.test_missing"}, "press_station": set()}


@pytest.fixture(scope="module")
def components():
    paths = sorted((DESIGNER / "components").glob("*/component.json"))
    return ComponentCatalog([ComponentManifest.model_validate(json.loads(path.read_text("utf-8"))) for path in paths])


def test_both_are_there():
    assert {folder.name for folder in TEMPLATES} == set(ALLOWED)


@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda path: path.name)
def test_the_check_finds_nothing(folder, components):
    found = check_files(read_folder(folder), Surroundings(components, frozenset(read_media(folder))), folder.name)
    assert {one.code for one in found} <= ALLOWED[folder.name], found


@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda path: path.name)
def test_its_roles_are_those_of_the_line(folder):
    units = {signal.role: signal.unit for signal in SIGNALS}
    for need in read_folder(folder)["app.json"]["roles"]:
        assert units[need["role"]] == need["unit"], need


def test_the_press_station_keeps_its_promises(components):
    results = run_tests(read_folder(DESIGNER / "templates" / "press_station"), components)
    assert len(results) >= 3
    assert not [result for result in results if not result.ok]


def test_the_press_station_uses_every_block_but_the_demo(components):
    files = read_folder(DESIGNER / "templates" / "press_station")
    assert set(components.manifests) - set(files["app.json"]["requires"]) == {"sandbox_demo"}


def test_a_built_folder_is_installed(components, tmp_path):
    """The build packs what browsers ask for; a packed picture in an app folder would be no picture of the app."""
    web = tmp_path / "web"
    (web / "assets").mkdir(parents=True)
    script = (DESIGNER / "scripts" / "finish-build.mjs").read_text("utf-8")
    place = 'join(root, "../platform_core/web")'
    assert place in script
    changed = script.replace(place, json.dumps(str(web))).replace(
        'fileURLToPath(new URL("..", import.meta.url))', json.dumps(str(DESIGNER))
    )
    (tmp_path / "finish.mjs").write_text(changed, "utf-8")
    subprocess.run([shutil.which("node") or "node", tmp_path / "finish.mjs"], check=True, timeout=60)
    database = open_database(tmp_path / "data")
    Accounts(database).ensure_tenant("factory")
    installed = install_all(Apps(database, components), "factory", built_in_folders(web))
    database.close()
    assert sorted(installed) == sorted(ALLOWED)
