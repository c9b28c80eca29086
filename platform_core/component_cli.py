"""`interlock component …`: a block of another maker from its folder to a signed package, without a server.

Exit codes: 0 done and fine; 1 something is wrong with the block; 2 what was given cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from platform_core.app_cli import key_of, trusted_keys
from platform_core.component_lint import add_command, lint_folder
from platform_core.component_lint.command import line_of
from platform_core.component_lint.places import MANIFEST
from platform_core.services.documents.block_packages import (
    CODE_FILE,
    LICENCE_FILE,
    LIMITS,
    SUFFIX,
    BlockPackage,
    open_block,
    pack_block,
    sign_block,
)
from schemas.errors import ConfigError

FINE, WRONG = 0, 1


def add_component_commands(parser: argparse.ArgumentParser) -> None:
    """The sub-commands of `component`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_command(commands)
    pack = commands.add_parser("pack", help="make a package of a block's folder")
    pack.add_argument("folder", type=Path, help="folder with component.json, LICENSE and the built .js and .css files")
    pack.add_argument("--output", "-o", type=Path, default=None, help="file to write")
    pack.add_argument("--key", type=Path, default=None, help="private key (.key) to sign with")
    pack.add_argument("--json", action="store_true", help="for programs")
    pack.set_defaults(run=pack_folder)
    sign = commands.add_parser("sign", help="sign a package")
    sign.add_argument("path", type=Path, help=f"package ({SUFFIX})")
    sign.add_argument("--key", type=Path, required=True, help="private key (.key) to sign with")
    sign.add_argument("--output", "-o", type=Path, default=None, help="file to write instead of the same")
    sign.set_defaults(run=sign_package)
    verify = commands.add_parser("verify", help="check a package and its signature")
    verify.add_argument("path", type=Path, help=f"package ({SUFFIX})")
    verify.add_argument("--trust", type=Path, action="append", default=[], help="public key (.pub) you trust")
    verify.add_argument("--json", action="store_true", help="for programs")
    verify.set_defaults(run=verify_package)


def pack_folder(options: argparse.Namespace) -> int:
    """A package of a folder, when the linter finds nothing wrong."""
    folder = options.folder.resolve()
    if not folder.is_dir():
        raise ConfigError("component.folder", f"There is no folder {options.folder}.")
    problems = lint_folder(folder)
    for problem in problems:
        _say(line_of(folder, problem))
    if problems:
        _say("Not packed.")
        return WRONG
    try:
        block = open_block(pack_block(_files(folder), key_of(options.key)))
    except ConfigError as error:
        if error.code != "component.invalid":
            raise
        for problem in error.problems:
            _say(line_of(folder, problem))
        _say("Not packed.")
        return WRONG
    target = options.output or Path(f"{block.id}-{block.version}{SUFFIX}")
    target.write_bytes(block.content)
    _tell(target, block, as_json=options.json)
    return FINE


def sign_package(options: argparse.Namespace) -> int:
    """Sign a package."""
    key = key_of(options.key)
    if key is None:
        raise ConfigError("key.private", "Give the private key with --key.")
    target = options.output or options.path
    target.write_bytes(sign_block(package_bytes(options.path), key))
    _say(f"{target}: signed by {key.public.key_id[:16]}.")
    return FINE


def verify_package(options: argparse.Namespace) -> int:
    """Whether a package is whole, and who vouches for it."""
    block = open_block(package_bytes(options.path))
    names = trusted_keys(options.trust)
    key_id = "" if block.signer is None else block.signer.key_id
    state = "unsigned" if not key_id else "trusted" if key_id in names else "untrusted"
    _tell(options.path, block, as_json=options.json, state=state)
    return FINE if state == "trusted" else WRONG


def package_bytes(path: Path) -> bytes:
    """The bytes of a package of a block. Raises ``ConfigError`` when it cannot be read, or is too large."""
    try:
        if path.stat().st_size > LIMITS.package_bytes:
            raise ConfigError("package.size", f"{path} is larger than {LIMITS.package_bytes >> 20} MiB.")
        return path.read_bytes()
    except OSError as error:
        raise ConfigError("component.unreadable", f"{path} cannot be read: {error.strerror}.") from error


def _files(folder: Path) -> dict[str, bytes]:
    """What of a folder goes into its package: nothing below it, no tests, no sources."""
    names = [path.name for path in sorted(folder.iterdir()) if path.is_file() and not path.is_symlink()]
    taken = [name for name in names if name in (MANIFEST, LICENCE_FILE) or CODE_FILE.fullmatch(name)]
    return {name: (folder / name).read_bytes() for name in taken}


def _tell(path: Path, block: BlockPackage, *, as_json: bool, state: str = "") -> None:
    signer = "" if block.signer is None else block.signer.key_id
    asks = list(block.manifest.capabilities)
    if as_json:
        told = {"file": str(path), "id": block.id, "version": block.version, "hash": block.hash, "key_id": signer}
        _say(json.dumps({**told, "capabilities": asks, **({"signature": state} if state else {})}, indent=2))
        return
    words = state or ("signed" if signer else "not signed")
    by = f" by {signer[:16]}" if signer else ""
    asked = f"; asks for {', '.join(asks)}" if asks else ""
    _say(f"{path}: {block.id} {block.version}, hash {block.hash}, {words}{by}{asked}.")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
