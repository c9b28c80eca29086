"""The component linter: everything wrong with a block's folder, at once, before anybody meets it.

It reads the manifest and the code of a folder and needs neither a server nor a build; drawing the examples is the job
of the web app's own test, which `--render` runs where Node is there.
"""

from __future__ import annotations

from platform_core.component_lint.command import add_command
from platform_core.component_lint.folder import lint_folder, lint_folders

__all__ = ["add_command", "lint_folder", "lint_folders"]
