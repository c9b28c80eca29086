"""`interlock app …`: what can be done with an app's folder or package without a server.

Exit codes: 0 done and fine; 1 something is wrong with the app; 2 what was given cannot be used.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from platform_core.app_browser import find_browser, judge
from platform_core.components.migrate import lift_files
from platform_core.services import canonical_json
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, MEDIA_FOLDER, kind_of
from platform_core.services.documents.app_tests import run_tests
from platform_core.services.documents.block_packages import BlockPackage, carried_name, open_block
from platform_core.services.documents.check import Surroundings, check_files
from platform_core.services.documents.diff import diff
from platform_core.services.documents.findings import Finding, errors_of
from platform_core.services.documents.images import Picture
from platform_core.services.documents.packages import SUFFIX, open_package, pack, pins_of, sign
from platform_core.services.documents.signing import PrivateKey, PublicKey
from platform_core.services.documents.site_names import rename_site
from platform_core.services.documents.zip_reader import PACKAGE_MAX_BYTES
from platform_core.services.install import read_code_blocks, read_folder, read_media
from platform_core.settings import WEB_FOLDER
from schemas.errors import ConfigError

FINE, WRONG = 0, 1
_OPEN = {
    "en": "{count} expectations can be judged in a browser only: interlock app test --browser",
    "zh-CN": "{count} 项期望只能在浏览器中判断：interlock app test --browser",
}


def add_app_commands(parser: argparse.ArgumentParser) -> None:
    """The sub-commands of `app`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text, arguments in _COMMANDS:
        sub = commands.add_parser(name, help=text, description=text)
        for argument in arguments:
            argument(sub)
        sub.set_defaults(run=run)


def validate(options: argparse.Namespace) -> int:
    """Everything the check finds."""
    files, pictures, blocks = _read(options.path)
    app_id = _app_id(files)
    around = Surroundings(_components(options, blocks), frozenset(pictures))
    found = sorted(check_files(files, around, app_id), key=lambda one: one.severity != "error")
    errors = errors_of(found)
    if options.json:
        _say_json({"errors": len(errors), "findings": [one.as_json() for one in found]})
    else:
        for one in found:
            _say(_line(one, options.language))
        _say(f"{app_id}: {len(errors)} errors, {len(found) - len(errors)} warnings, {len(files)} files.")
    return WRONG if errors else FINE


def compare(options: argparse.Namespace) -> int:
    """What has changed between two folders or packages."""
    before, after, blocks = _read(options.before)[0], *_read(options.after)[::2]
    changes = diff(before, after, _components(options, blocks))
    if options.json:
        _say_json([change.as_json() for change in changes])
    else:
        for change in changes:
            _say(change.text[options.language])
        _say("No differences." if not changes else f"{len(changes)} changes.")
    return FINE


def make_package(options: argparse.Namespace) -> int:
    """A package of a folder, when the check finds no errors and the tests pass."""
    files, pictures, blocks = _read(options.path)
    for folder in options.blocks:
        blocks |= _pinned(folder, files)
    components = _components(options, blocks)
    errors = errors_of(check_files(files, Surroundings(components, frozenset(pictures)), _app_id(files)))
    results = run_tests(files, components)
    failed = [result for result in results if not result.ok]
    for one in errors:
        _say(_line(one, options.language))
    for result in failed:
        _say(f"test {result.id} fails: {result.name}")
    for result in results:
        if result.browser:
            _say(f"test {result.id}: {_OPEN[options.language].format(count=len(result.browser))}")
    if errors or failed:
        _say("Not packed.")
        return WRONG
    content = pack(files, pictures, key_of(options.key), blocks)
    version = files[APP_FILE]["version"]
    target = options.output or Path(f"{_app_id(files)}-{version}{SUFFIX}")
    target.write_bytes(content)
    package = open_package(content)
    told = {"file": str(target), "hash": package.manifest.content_hash, "signed": package.signer is not None}
    if options.json:
        _say_json(told)
    else:
        _say(f"{target}: {len(content):,} bytes, hash {told['hash']}, {'signed' if told['signed'] else 'not signed'}.")
    return FINE


def sign_package(options: argparse.Namespace) -> int:
    """Sign a package."""
    key = key_of(options.key)
    if key is None:
        raise ConfigError("key.private", "Give the private key with --key.")
    content = sign(_package_bytes(options.path), key)
    (options.output or options.path).write_bytes(content)
    _say(f"{options.output or options.path}: signed by {key.public.key_id[:16]}.")
    return FINE


def verify_package(options: argparse.Namespace) -> int:
    """Whether a package is whole, and who vouches for it."""
    package = open_package(_package_bytes(options.path))
    trusted = trusted_keys(options.trust)
    key_id = package.signer.key_id if package.signer else ""
    state = "unsigned" if not key_id else "trusted" if key_id in trusted else "untrusted"
    told = {"id": package.manifest.id, "hash": package.manifest.content_hash, "signature": state, "key_id": key_id}
    if options.json:
        _say_json(told)
    else:
        words = {
            "trusted": f"signed by {trusted.get(key_id, '')}",
            "untrusted": f"signed by a key you did not name ({key_id[:16]}); give it with --trust",
            "unsigned": "not signed: anybody may have made it",
        }
        _say(f"{options.path}: whole; {package.manifest.id} {package.manifest.version}, {words[state]}.")
    return FINE if state == "trusted" else WRONG


def unpack(options: argparse.Namespace) -> int:
    """A package as a folder, its elements lifted to the components here, with other names where they are given."""
    package = open_package(_package_bytes(options.path))
    components = _components(options, package.blocks)
    files = lift_files(package.files, components.manifests)
    files = rename_site(
        files, components, assets=_pairs(options.asset), roles=_pairs(options.role), app_id=options.as_app
    )
    if options.into.exists() and any(options.into.iterdir()):
        raise ConfigError("app.folder", f"{options.into} is not empty.", hint="Name a new folder.")
    _write(options.into, files, package.media)
    for block in package.blocks.values():
        target = options.into / carried_name(block.id, block.version)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(block.content)
    found = check_files(files, Surroundings(components, frozenset(package.media)), _app_id(files))
    for one in found:
        _say(_line(one, options.language))
    _say(f"{options.into}: {len(files)} files, {len(package.media)} pictures.")
    return WRONG if errors_of(found) else FINE


def test(options: argparse.Namespace) -> int:
    """Run the app's own tests. What only a browser can judge counts as failed without one: nobody has looked."""
    files, pictures, blocks = _read(options.path)
    results = run_tests(files, _components(options, blocks), options.only)
    if options.browser is not None:
        results = judge(files, results, WEB_FOLDER, pictures, find_browser(options.browser))
    failed = [result for result in results if not result.ok or result.browser]
    if options.json:
        shown = [
            {
                "id": r.id,
                "name": r.name,
                "ok": r.ok and not r.browser,
                "failures": [{"path": f.path, **f.message} for f in r.failures],
                "browser": list(r.browser),
            }
            for r in results
        ]
        _say_json(shown)
        return WRONG if failed else FINE
    for result in results:
        word = "FAIL" if not result.ok else "OPEN" if result.browser else "ok  "
        _say(f"{word} {result.id}: {result.name}")
        for failure in result.failures:
            _say(f"       {failure.message[options.language]}")
        if result.browser:
            _say(f"       {_OPEN[options.language].format(count=len(result.browser))}")
    _say(f"{len(results)} tests, {len(failed)} failed.")
    return WRONG if failed else FINE


def migrate(options: argparse.Namespace) -> int:
    """Lift a folder's elements to the components here."""
    files, _, blocks = _read(options.path)
    lifted = lift_files(files, _components(options, blocks).manifests)
    changed = [path for path in sorted(files) if lifted[path] != files[path]]
    for path in changed:
        _say(f"{'would change' if options.dry_run else 'changed'}: {path}")
    if not options.dry_run:
        if options.path.is_file():
            raise ConfigError("app.folder", "A package is migrated when it is imported.", hint="interlock app import")
        for path in changed:
            (options.path / path).write_text(canonical_json.dumps(lifted[path]), "utf-8")
    _say(f"{len(changed)} of {len(files)} files.")
    return FINE


def keygen(options: argparse.Namespace) -> int:
    """A publisher's pair of keys: NAME.key stays with you, NAME.pub goes to those who install."""
    private, public = Path(f"{options.name}.key"), Path(f"{options.name}.pub")
    if private.exists() or public.exists():
        raise ConfigError("key.exists", f"{private} or {public} is there already.", hint="Choose another name.")
    key = PrivateKey.generate()
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.pem)
    public.write_text(key.public.text + "\n", "utf-8")
    _say(f"{private}: keep it secret and keep a copy. {public}: give it to those who install your apps.")
    _say(f"Fingerprint, which they compare: {key.public.fingerprint}")
    return FINE


# --- arguments ------------------------------------------------------------------------------------


def _path(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("path", type=Path, help=f"folder of an app, or a package ({SUFFIX})")


def _two_paths(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("before", type=Path)
    sub.add_argument("after", type=Path)


def _output(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--output", "-o", type=Path, default=None, help="file to write")
    sub.add_argument("--key", type=Path, default=None, help="private key (.key) to sign with")


def _blocks(sub: argparse.ArgumentParser) -> None:
    text = "folder with packages of blocks of other makers; those the app names go along"
    sub.add_argument("--blocks", type=Path, action="append", default=[], help=text)


def _into(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--into", type=Path, required=True, help="new folder")
    sub.add_argument("--as", dest="as_app", default=None, help="another id for the app")
    sub.add_argument("--asset", action="append", default=[], metavar="THERE=HERE", help="another name of an asset")
    sub.add_argument("--role", action="append", default=[], metavar="THERE=HERE", help="another name of a role")


def _trust(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--trust", type=Path, action="append", default=[], help="public key (.pub) you trust")


def _only(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--only", default=None, help="id of one test")


def _browser(sub: argparse.ArgumentParser) -> None:
    text = "judge in a browser what only a browser can; without PATH the first that is found"
    sub.add_argument("--browser", nargs="?", const="auto", default=None, metavar="PATH", help=text)


def _dry_run(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--dry-run", action="store_true", help="only tell what would change")


def _name(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("name", help="name of the key files")


def _shown(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--json", action="store_true", help="for programs")
    sub.add_argument("--language", choices=("en", "zh-CN"), default="en")
    sub.add_argument("--components", type=Path, default=None, help="folder of component manifests")


_Run = Callable[[argparse.Namespace], int]
_Argument = Callable[[argparse.ArgumentParser], None]
_COMMANDS: tuple[tuple[str, _Run, str, tuple[_Argument, ...]], ...] = (
    ("validate", validate, "tell everything that is wrong with an app", (_path, _shown)),
    ("diff", compare, "what has changed between two versions, in words", (_two_paths, _shown)),
    ("pack", make_package, "make a package", (_path, _output, _blocks, _shown)),
    ("sign", sign_package, "sign a package", (_path, _output)),
    ("verify", verify_package, "check a package and its signature", (_path, _trust, _shown)),
    ("import", unpack, "make a folder of a package", (_path, _into, _shown)),
    ("test", test, "run the app's own tests", (_path, _only, _browser, _shown)),
    ("migrate", migrate, "lift an app's elements to the components here", (_path, _dry_run, _shown)),
    ("keygen", keygen, "make a publisher's keys", (_name,)),
)

# --- files ----------------------------------------------------------------------------------------


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Picture], dict[str, BlockPackage]]:
    if path.is_dir():
        return read_folder(path), read_media(path), read_code_blocks(path)
    package = open_package(_package_bytes(path))
    return package.files, package.media, dict(package.blocks)


def _pinned(folder: Path, files: Mapping[str, Any]) -> dict[str, BlockPackage]:
    """The packages in a folder that the app names, each with its exact version."""
    found = {}
    for name, pin in pins_of(files.get(APP_FILE)).items():
        path = folder / Path(carried_name(name, pin.version)).name
        if path.is_file():
            found[name] = open_block(_package_bytes(path))
    return found


def _package_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > PACKAGE_MAX_BYTES:
            raise ConfigError("package.size", f"{path} is larger than {PACKAGE_MAX_BYTES >> 20} MiB.")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError("app.unreadable", f"{path} cannot be read: {error.strerror}.") from error


def _write(folder: Path, files: Mapping[str, Any], pictures: Mapping[str, Picture]) -> None:
    for path, document in files.items():
        if kind_of(path) is None:
            continue
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(canonical_json.dumps(document), "utf-8")
    for name, picture in pictures.items():
        target = folder / MEDIA_FOLDER / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture.content)


def _app_id(files: Mapping[str, Any]) -> str:
    app = files.get(APP_FILE)
    return str(app.get("id", "")) if isinstance(app, dict) else ""


def _components(options: argparse.Namespace, blocks: Mapping[str, BlockPackage]) -> ComponentCatalog:
    folder = options.components or WEB_FOLDER / "components"
    catalog = ComponentCatalog.from_folder(folder)
    if catalog.is_empty:
        sys.stderr.write(f"There are no component manifests in {folder}: properties are not checked.\n")
    return catalog.with_more(block.manifest for block in blocks.values()) if blocks else catalog


def key_of(path: Path | None) -> PrivateKey | None:
    """The private key of a file; None when none is named."""
    if path is None:
        return None
    try:
        return PrivateKey.parse(path.read_bytes())
    except OSError as error:
        raise ConfigError("key.private", f"{path} cannot be read: {error.strerror}.") from error


def trusted_keys(paths: list[Path]) -> dict[str, str]:
    """Id of each public key → name of its file."""
    return {PublicKey.parse(path.read_text("utf-8")).key_id: path.name for path in paths}


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        there, equals, here = one.partition("=")
        if not (there and equals and here):
            raise ConfigError("app.mapping", f"{one!r} is not THERE=HERE.")
        pairs[there] = here
    return pairs


def _line(one: Finding, language: str) -> str:
    hint = f" {one.hint[language]}" if one.hint[language] else ""
    return f"{one.severity:7} {one.path or '/'}: {one.message[language]}{hint} [{one.code}]"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _say_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
