"""Installing apps from folders when the platform starts: the built-in ones, and those named on the command line.

A folder has the files of an app and its pictures (``media/``). It is checked like a draft before publishing; a folder
with problems is left out and every problem is logged. The same folder again changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from platform_core.services import canonical_json
from platform_core.services.app_check import check_app
from platform_core.services.app_rows import ReleaseInfo
from platform_core.services.apps import Apps
from platform_core.services.document_paths import (
    APP_FILE,
    FILES_MAX,
    FOLDERS,
    MEDIA_FOLDER,
    check_path,
    is_media_name,
)
from platform_core.services.documents.block_packages import CARRIED_FOLDER, BlockPackage, carried_name, open_block
from platform_core.services.documents.block_packages import LIMITS as BLOCK_LIMITS
from platform_core.services.documents.images import SIZE_MAX_BYTES, Picture, check_picture
from schemas.errors import ConfigError, Problem
from schemas.identifiers import is_identifier

_LOG = logging.getLogger(__name__)


def read_folder(folder: Path) -> dict[str, Any]:
    """The documents of an app folder by path. Raises ``ConfigError`` when one cannot be read."""
    parts = [path for name in FOLDERS.values() for path in sorted((folder / name).glob("*.json"))]
    paths = [folder / APP_FILE, *parts]
    if len(paths) > FILES_MAX:
        raise ConfigError("app.files", f"An app has at most {FILES_MAX} files.")
    files: dict[str, Any] = {}
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise ConfigError("app.missing", f"{path.name} is not a file of {folder.name}.")
        name = check_path(path.relative_to(folder).as_posix())
        files[name] = canonical_json.loads(path.read_bytes())
    return files


def read_media(folder: Path) -> dict[str, Picture]:
    """The pictures of an app folder. Raises ``ConfigError`` when one is not what its name says, or not harmless."""
    pictures: dict[str, Picture] = {}
    for path in sorted((folder / MEDIA_FOLDER).glob("*")):
        if path.is_symlink() or not path.is_file() or not is_media_name(path.name):
            raise ConfigError("media.name", f"{path.name} is not a picture of {folder.name}.")
        if path.stat().st_size > SIZE_MAX_BYTES:
            raise ConfigError("media.size", f"{path.name} is larger than {SIZE_MAX_BYTES:,} bytes.")
        pictures[path.name] = check_picture(path.name, path.read_bytes())
    return pictures


def read_code_blocks(folder: Path) -> dict[str, BlockPackage]:
    """The packages of blocks of other makers in an app folder, by id: those app.json names may be among them.

    Raises ``ConfigError`` when one is not a package of a block, or another one than its name says.
    """
    blocks: dict[str, BlockPackage] = {}
    for path in sorted((folder / CARRIED_FOLDER).glob("*")):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > BLOCK_LIMITS.package_bytes:
            raise ConfigError("package.block", f"{path.name} is not a package of a block.")
        block = open_block(path.read_bytes())
        if CARRIED_FOLDER + path.name != carried_name(block.id, block.version):
            raise ConfigError("package.block", f"{path.name} has the block {block.id} {block.version}.")
        if block.id in blocks:
            raise ConfigError("package.block", f"{folder.name} has two versions of {block.id}.")
        blocks[block.id] = block
    return blocks


def install_folder(apps: Apps, tenant: str, folder: Path) -> ReleaseInfo | None:
    """Install one folder; None when nothing is new. Raises ``ConfigError`` with all problems."""
    files, pictures, blocks = read_folder(folder), read_media(folder), read_code_blocks(folder)
    app = files[APP_FILE]
    app_id = app.get("id") if isinstance(app, dict) else None
    if not isinstance(app_id, str) or not is_identifier(app_id):
        problem = Problem("app.id", "/app.json/id", "The app has no usable id.")
        raise ConfigError("app.invalid", f"{folder.name} is not an app.", problems=[problem])
    components = apps.code_blocks.catalog(tenant, app, apps.components, blocks)
    problems = check_app(files, components, app_id, frozenset(pictures))
    if problems:
        raise ConfigError("app.invalid", f"The app {app_id} has {len(problems)} problems.", problems=problems)
    version = app.get("version", "")
    note = f"Version {version}, installed from the folder {folder.name}."
    return apps.install(tenant, app_id, files, note, pictures, blocks.values())


def install_all(apps: Apps, tenant: str, folders: Iterable[Path]) -> list[str]:
    """Install folders; one that fails does not stop the others. Returns the ids of new releases' apps."""
    installed = []
    for folder in folders:
        try:
            release = install_folder(apps, tenant, folder)
        except ConfigError as error:
            _LOG.error("The app folder %s is not installed: %s", folder.name, error)
            continue
        if release is not None:
            _LOG.info("Installed release %d of the app %s.", release.no, release.app)
            installed.append(release.app)
    return installed


def built_in_folders(web_folder: Path) -> list[Path]:
    """The app folders that come with the web app."""
    return sorted(path.parent for path in (web_folder / "templates").glob("*/app.json"))
