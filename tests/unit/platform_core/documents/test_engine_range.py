"""What names versions of Interlock without this one is refused, before anything else of it is believed."""

import json

import pytest

from platform_core.services.documents import engine_range
from platform_core.services.documents.block_packages import open_block
from platform_core.services.documents.engine_range import misfit, require_engine
from platform_core.services.documents.packages import open_package, pack
from schemas.errors import ConfigError

from .blocks import document, packed
from .made import app, codes
from .test_block_packages import forged, with_manifest


@pytest.fixture
def program(monkeypatch):
    def is_version(version):
        monkeypatch.setattr(engine_range, "program_version", lambda: version)

    is_version("0.3.1")
    return is_version


@pytest.mark.parametrize(
    ("wanted", "program", "how"),
    [
        (">=0.1 <1", "0.1.0.dev0", ""),
        (">=0.1 <1", "1.0", "newer"),
        (">=0.1 <1", "1.0.0rc1", "newer"),
        (">=0.3", "0.2.9", "older"),
        (">=0.3", "0.3", ""),
        (">0.3", "0.3.0", "older"),
        (">0.3 <=0.10.2", "0.10.2", ""),
        (">0.3 <=0.10.2", "0.10.3", "newer"),
        ("<0.3", "0.3.0", "newer"),
        ("=0.3.1", "0.3.1", ""),
        ("=0.3.1", "0.3.0", "older"),
        ("=0.3.1", "0.3.2", "newer"),
        (">=9", "", ""),
    ],
)  # fmt: skip
def test_ranges(wanted, program, how):
    assert misfit(wanted, program) == how


def refused(content, opened=open_block):
    with pytest.raises(ConfigError) as caught:
        opened(content)
    return caught.value


def test_a_block_says_what_it_needs_what_this_is_and_what_to_do(program):
    later = with_manifest(engine=">=0.5 <1", a_field_of_tomorrow=1)
    error = refused(later)
    assert error.code == "package.engine"
    assert str(error).startswith("acme.ring 1.0.0 needs Interlock >=0.5 <1; this is Interlock 0.3.1.")
    assert "Update Interlock" in error.hint
    assert "newer package" in refused(with_manifest(engine="<0.3")).hint
    program("0.5.0")
    assert refused(later).code == "component.invalid"  # the range was what refused it: now the field is
    assert open_block(with_manifest(engine=">=0.5 <1")).manifest.engine == ">=0.5 <1"


def test_what_is_installed_stays_when_the_program_changes(program):
    content = packed(engine=">=0.3 <0.4")
    program("0.4.0")
    assert refused(content).code == "package.engine"
    assert open_block(content, lint=False).version == document()["version"]


@pytest.mark.parametrize("engine", ["", "*", ">= 0.3", "0.3", ">=0.3 || <1", ">=1.2.3.4", 3, None, "x" * 100_000])
def test_what_is_no_range_is_a_problem_of_the_manifest(program, engine):
    assert refused(with_manifest(engine=engine)).code == "component.invalid"
    require_engine({"engine": engine}, "it")


def test_a_name_that_is_not_checked_yet_is_cut(program):
    long = forged(**{"component.json": json.dumps(document(engine=">=9", version="9" * 20_000)).encode()})
    assert len(str(refused(long))) < 300


def test_an_app_too_and_its_check_tells(program):
    files = app()
    files["app.json"]["engine"] = ">=0.3 <0.4"
    content = pack(files, {})
    assert open_package(content).manifest.id == files["app.json"]["id"]
    assert "app.engine" not in codes(files)
    program("0.4.0")
    assert "app.engine" in codes(files)
    assert refused(content, open_package).code == "package.engine"
