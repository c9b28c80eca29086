"""A password written out is found, its name or its file is not, and what is found is never repeated."""

from __future__ import annotations

import pytest
import yaml

from schemas.plain_secrets import plain_secret_lines, plain_secrets

FOUND = [
    ("connections:\n  - config: {host: a, password: hunter2}\n", "/connections/0/config/password", 2),
    ("connections:\n  - config:\n      api_token: 'abc'\n", "/connections/0/config/api_token", 3),
    ("a: 1\nurl: mqtt://user:hunter2@host:1883\n", "/url", 2),
]
CLEAN = [
    "config: {password: 'secret:opc', password_file: a.txt, user: u}\n",
    "config:\n  password: secret:opc\n  passwords_changed: 3\n",
    "url: mqtt://host:1883\nat: 'ns=2;s=a:b@c'\ntags: [{name: token_count, address: 'holding:1'}]\n",
]


@pytest.mark.parametrize(("text", "path", "line"), FOUND)
def test_a_password_in_the_text_is_found_at_its_place(text: str, path: str, line: int) -> None:
    assert list(plain_secrets(yaml.safe_load(text))) == [path]
    assert list(plain_secret_lines(text)) == [line]


@pytest.mark.parametrize("text", CLEAN)
def test_names_of_secrets_and_files_are_left_alone(text: str) -> None:
    assert list(plain_secrets(yaml.safe_load(text))) == []
    assert list(plain_secret_lines(text)) == []


def test_a_password_in_a_comment_is_one_too() -> None:
    assert list(plain_secret_lines("connections: []  # password: hunter2\n")) == [1]
