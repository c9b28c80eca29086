"""The tidy rules hold, and each rule notices a file that breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.tidy import FILE_BYTES_MAX, all_problems, problems_of, tracked_files

RATCHET = Path(__file__).with_name("tidy_ratchet.txt")
RATCHET_MAX = 0


def ratchet() -> set[str]:
    lines = (line.strip() for line in RATCHET.read_text("utf-8").splitlines())
    return {line for line in lines if line and not line.startswith("#")}


def test_the_project_is_tidy() -> None:
    excused = ratchet()
    wrong = [f"{problem.key}: {problem.text}" for problem in all_problems() if problem.key not in excused]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_exception_list_only_shrinks() -> None:
    excused = ratchet()
    assert len(excused) <= RATCHET_MAX, "mend the code instead of adding an exception"
    needless = excused - {problem.key for problem in all_problems()}
    assert not needless, f"no longer needed: {sorted(needless)}"


def test_something_is_checked() -> None:
    files = tracked_files()
    assert sum(name.endswith(".py") for name in files) > 50
    assert sum(name.endswith((".ts", ".tsx")) for name in files) > 10


BAD = {
    "function-length": ("interlock/x.py", "def f() -> None:\n" + "    pass\n" * 60),
    "file-length": ("app_designer/src/x.ts", "const a = 1;\n" * 401),
    "file-bytes": ("docs/data.csv", "x" * (FILE_BYTES_MAX + 1)),
    "untyped": ("connectors/x.py", "class A:\n    def read(self, plan) -> None:\n        pass\n"),
    "broad-except": ("connectors/x.py", "try:\n    pass\nexcept (OSError, Exception):\n    pass\n"),
    "eval": ("connectors/x.py", "eval('1')\n"),
    "print": ("platform_core/x.py", "print(1)\n"),
    "global": ("platform_core/x.py", "def f() -> None:\n    global a\n    a = 1\n"),
    "name": ("platform_core/utils.py", "A = 1\n"),
    "marker": ("platform_core/x.py", "A = 1  # TO" + "DO later\n"),
    "title": ("docs/x.md", "# One\n\n# Two\n"),
}


@pytest.mark.parametrize("rule", BAD)
def test_each_rule_notices_what_breaks_it(rule: str) -> None:
    path, text = BAD[rule]
    assert rule in {problem.key.split()[0] for problem in problems_of(path, text.encode())}


GOOD = {
    "interlock/x.py": "def f() -> None:\n" + "    pass\n" * 59,
    "edge_agent/supervisor.py": "try:\n    pass\nexcept Exception:\n    pass\n",
    "platform_core/x.py": "try:\n    pass\nexcept BaseException:\n    raise\n",
    "docs/x.md": "# One\n\n```sh\n# a comment\n```\n",
    "interlock/__main__.py": "print(1)\n",
}


@pytest.mark.parametrize("path", GOOD)
def test_what_is_allowed_is_let_through(path: str) -> None:
    assert not list(problems_of(path, GOOD[path].encode()))
