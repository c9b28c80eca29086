"""`interlock component …`, and apps that carry blocks: from a folder to a signed package and back, without a server."""

import json
import shutil
from pathlib import Path

import pytest

from platform_core.__main__ import main
from platform_core.services.documents.block_packages import open_block
from platform_core.services.documents.packages import open_package
from tests.unit.platform_core.documents.blocks import RING, block_files

ROOT = Path(__file__).parents[3]
LINE = ROOT / "tests" / "fixtures" / "apps" / "0.1" / "line_overview"
COMPONENTS = ("--components", str(ROOT / "app_designer" / "components"))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / RING
    folder.mkdir()
    for name, content in block_files(capabilities=["clipboard"]).items():
        (folder / name).write_bytes(content)
    return tmp_path


def change(folder, **members):
    path = folder / "component.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **members}), "utf-8")


def test_pack_sign_verify(here, capsys):
    assert main(["app", "keygen", "acme"]) == 0
    assert main(["component", "pack", RING]) == 0
    package = here / f"{RING}-1.0.0.block.zip"
    assert main(["component", "verify", package.name]) == 1
    assert "unsigned; asks for clipboard" in capsys.readouterr().out
    before = open_block(package.read_bytes()).hash
    assert main(["component", "sign", package.name, "--key", "acme.key"]) == 0
    assert main(["component", "verify", package.name]) == 1
    assert main(["component", "verify", package.name, "--trust", "acme.pub"]) == 0
    assert open_block(package.read_bytes()).hash == before
    capsys.readouterr()
    assert main(["component", "verify", package.name, "--trust", "acme.pub", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["id"], told["hash"], told["signature"]) == (RING, before, "trusted")
    assert main(["component", "pack", RING, "--key", "acme.key", "-o", "again.block.zip"]) == 0
    assert (here / "again.block.zip").read_bytes() == package.read_bytes()


def test_what_would_not_be_taken_is_not_packed(here, capsys):
    change(here / RING, capabilities=["camera"])
    assert main(["component", "lint", RING]) == 1
    assert main(["component", "pack", RING]) == 1
    assert "camera is not given" in capsys.readouterr().out
    change(here / RING, capabilities=[])
    (here / RING / "block.js").write_text("interlock.copy('x');", "utf-8")
    assert main(["component", "pack", RING]) == 1
    assert "needs the capability clipboard" in capsys.readouterr().out
    (here / RING / "block.js").write_text("interlock.block({});", "utf-8")
    (here / RING / "LICENSE").unlink()
    assert main(["component", "pack", RING]) == 2
    assert main(["component", "pack", "nowhere"]) == 2
    assert main(["component", "sign", "nothing.block.zip", "--key", "no.key"]) == 2
    assert not list(here.glob("*.block.zip"))


def test_sources_and_tests_stay_at_home(here):
    for name in ("View.test.tsx", "main.ts", "notes.md", "bundle.js.map"):
        (here / RING / name).write_text("x", "utf-8")
    (here / RING / "sub").mkdir()
    assert main(["component", "pack", RING, "-o", "x.block.zip"]) == 0
    files = open_block((here / "x.block.zip").read_bytes()).files
    assert set(files) == {"component.json", "LICENSE", "block.js"}


def test_an_app_takes_its_blocks_along_and_gives_them_back(here, capsys):
    assert main(["component", "pack", RING]) == 0
    block = open_block((here / f"{RING}-1.0.0.block.zip").read_bytes())
    folder = Path(shutil.copytree(LINE, here / "line"))
    app = json.loads((folder / "app.json").read_text("utf-8"))
    app["requires"] = {**app["requires"], RING: 1}
    app["code_blocks"] = {RING: {"version": "1.0.0", "hash": block.hash}}
    (folder / "app.json").write_text(json.dumps(app), "utf-8")
    page = json.loads((folder / "pages" / f"{app['home']}.json").read_text("utf-8"))
    bound = next(one["bind"] for one in page["elements"].values() if "/value" in one.get("bind", {}))
    bind = {"/value": bound["/value"]}
    page["elements"]["el_cccccccc"] = {"type": RING, "props_version": 1, "props": {"min": "low"}, "bind": bind}
    target = folder / "pages" / f"{app['home']}.json"
    target.write_text(json.dumps(page), "utf-8")

    assert main(["app", "pack", "line", "-o", "line.lego.zip", *COMPONENTS]) == 2
    assert "--blocks" in capsys.readouterr().err
    with_blocks = ["app", "pack", "line", "--blocks", str(here), "-o", "line.lego.zip", *COMPONENTS]
    assert main(with_blocks) == 1  # its properties are checked by the packaged manifest
    assert "props.type" in capsys.readouterr().out
    page["elements"]["el_cccccccc"]["props"] = {"title": "Tank"}
    target.write_text(json.dumps(page), "utf-8")
    assert main(with_blocks) == 0
    package = open_package((here / "line.lego.zip").read_bytes())
    assert package.blocks[RING].content == block.content

    assert main(["app", "import", "line.lego.zip", "--into", "there", *COMPONENTS]) == 0
    assert (here / "there" / "code_blocks" / f"{RING}-1.0.0.block.zip").read_bytes() == block.content
    assert main(["app", "pack", "there", "-o", "again.lego.zip", *COMPONENTS]) == 0
    assert (here / "again.lego.zip").read_bytes() == (here / "line.lego.zip").read_bytes()
    (here / "there" / "code_blocks" / "other.block.zip").write_bytes(block.content)
    assert main(["app", "validate", "there", *COMPONENTS]) == 2
