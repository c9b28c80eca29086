"""The registry reads manifests without importing, and tells what is missing."""

import json
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from connectors import generate, registry
from connectors.driver import Driver
from schemas.errors import ConfigError


@pytest.fixture(autouse=True)
def fresh():
    registry.manifests.cache_clear()
    registry.load.cache_clear()
    yield
    registry.manifests.cache_clear()
    registry.load.cache_clear()


def test_listing_drivers_imports_none_of_them_and_no_library():
    code = (
        "import sys; from connectors.registry import manifests; names = list(manifests());"
        "names_of = ('pymodbus', 'asyncua');"
        "bad = [m for m in sys.modules if m.split('.')[0] in names_of or m.startswith('connectors.drivers')];"
        "print({'modbus_tcp', 'opcua'} <= set(names), bad)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "True []"


def test_unknown_driver_names_the_known_ones():
    with pytest.raises(ConfigError, match="modbus_tcp"):
        registry.load("modbus")


def test_missing_library_says_what_to_install(monkeypatch):
    def refuse(name):
        raise ModuleNotFoundError("No module named 'pymodbus'", name="pymodbus")

    monkeypatch.setattr(registry.importlib, "import_module", refuse)
    with pytest.raises(ConfigError) as caught:
        registry.load("modbus_tcp")
    assert caught.value.code == "driver.library_missing"
    assert "interlock[edge]" in caught.value.hint


def make_package(folder, manifest):
    package = folder / "outsider" / "sub"
    package.mkdir(parents=True)
    (folder / "outsider" / "__init__.py").write_text("import sys; sys.outsider_imported = True\n")
    (package / "__init__.py").write_text("")
    (package / "driver.py").write_text(
        "from connectors.drivers.modbus_tcp.driver import ModbusTcpDriver\nclass Outsider(ModbusTcpDriver): pass\n"
    )
    (package / "manifest.json").write_text(json.dumps(manifest))


def test_a_driver_from_outside_is_found_by_its_entry_point(tmp_path, monkeypatch):
    manifest = registry.manifests()["modbus_tcp"].model_dump(mode="json") | {"id": "outsider"}
    make_package(tmp_path, manifest)
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("outsider", "outsider.sub.driver:Outsider", registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    registry.manifests.cache_clear()
    assert registry.manifests()["outsider"].id == "outsider"
    assert not hasattr(sys, "outsider_imported"), "listing must not run the package"
    try:
        driver = registry.load("outsider")
        assert issubclass(driver, Driver)
        assert driver.__name__ == "Outsider"
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "outsider"]:
            del sys.modules[name]
        vars(sys).pop("outsider_imported", None)


def test_an_outsider_cannot_take_a_built_in_name(monkeypatch):
    point = EntryPoint("opcua", "x:Y", registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point])
    with pytest.raises(ConfigError, match="built-in"):
        registry.manifests()


def test_settings_are_checked_with_all_problems_and_places():
    with pytest.raises(ConfigError) as caught:
        registry.configure("modbus_tcp", {"port": 0, "holes": ["holding:9-1"], "gap": 3})
    assert {problem.path for problem in caught.value.problems} == {"/host", "/port", "/holes", "/gap"}
    assert all(problem.hint for problem in caught.value.problems)


def test_generated_files_are_up_to_date():
    for name, content in generate.emit(generate.ROOT).items():
        assert (generate.ROOT / name).read_text("utf-8") == content, f"{name}: run python -m connectors.generate"
