"""The log: JSON lines, repeats counted, secrets hidden."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from edge_agent.diagnostics import hiding
from edge_agent.diagnostics.hiding import hider
from edge_agent.diagnostics.log import FILE, REPEATS_MAX, JsonFormatter, Repeats, set_up


class Kept(logging.Handler):
    """Keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def kept(clock: list[float]) -> tuple[logging.Logger, Kept, Repeats]:
    target = Kept()
    repeats = Repeats([target], lambda: clock[0])
    logger = logging.Logger("test", logging.DEBUG)
    logger.addHandler(repeats)
    return logger, target, repeats


def test_a_repeat_is_told_once_a_minute_with_its_count(
    kept: tuple[logging.Logger, Kept, Repeats], clock: list[float]
) -> None:
    logger, target, repeats = kept
    for second in range(185):
        clock[0] = float(second)
        logger.warning("%s: no answer after %d tries", "press_1", second)
    assert len(target.texts) == 4 + 3
    assert target.texts[0] == "press_1: no answer after 0 tries"
    assert target.texts[1] == "press_1: no answer after 0 tries (59 times more within 60 s)"
    clock[0] = 1000.0
    repeats.tell_repeats()
    assert target.texts[-1].endswith("(4 times more within 60 s)")


def test_different_words_and_levels_are_no_repeats(kept: tuple[logging.Logger, Kept, Repeats]) -> None:
    logger, target, _ = kept
    logger.warning("%s: gone", "press_1")
    logger.warning("%s: gone", "press_2")
    logger.error("%s: gone", "press_1")
    assert len(target.texts) == 3


def test_a_flood_of_different_lines_takes_no_more_memory(kept: tuple[logging.Logger, Kept, Repeats]) -> None:
    logger, target, repeats = kept
    for number in range(REPEATS_MAX * 2):
        logger.info("line %s", str(number))
    assert len(target.texts) == REPEATS_MAX * 2
    assert len(repeats._seen) <= REPEATS_MAX


def test_json_lines_say_when_what_where_and_which_error() -> None:
    record = logging.LogRecord("edge_agent.supervisor", logging.WARNING, "x", 1, "%s: %s.", ("a", "gone\n2"), None)
    record.session, record.code = "connection press_1", "modbus.link"
    content = json.loads(JsonFormatter(str).format(record))
    assert content.pop("time").endswith("Z")
    assert content == {
        "level": "WARNING", "logger": "edge_agent.supervisor", "message": "a: gone\n2.", "connection": "press_1",
        "code": "modbus.link",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach mqtt://line_1:Tr0ub4dor@10.0.0.1:1883",
        "GET /api?access_token=Tr0ub4dor&x=1",
        "Authorization: Basic Tr0ub4dor",
        "sent Bearer Tr0ub4dor.x.y",
        '{"password": "Tr0ub4dor"}',
    ],
)
def test_what_looks_like_a_secret_is_hidden_without_being_known(text: str) -> None:
    assert "Tr0ub4dor" not in hider(())(text)


def test_known_secrets_are_hidden_anywhere_and_other_text_stays() -> None:
    hide = hider({"hunter2", "hunter2-longer", "abc"})
    assert hide("user hunter2-longer, hunter2; abc") == "user ***, ***; abc"
    plain = "Check user and password, and trust our certificate; holding:100-119 at 10.0.0.1:502"
    assert hide(plain) == plain


def test_terminal_memory_and_file_have_the_same_lines_without_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        log = set_up("json", verbose=False, hide=hider({"hunter2"}), data_dir=tmp_path)
        logging.getLogger("x").warning("the password is hunter2")
        logging.getLogger("x").warning("the password is hunter2")
        log.repeats.close()
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
    terminal = [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()]
    assert terminal == ["the password is ***", "the password is *** (once more within 60 s)"]
    assert [json.loads(line)["message"] for line in log.lines] == terminal
    assert [json.loads(line)["message"] for line in (tmp_path / FILE).read_text().splitlines()] == terminal


def test_a_setting_without_a_mark_is_known_by_its_name(tmp_path: Path) -> None:
    schema = {"properties": {"token": {"type": "string"}, "host": {"type": "string"}}}
    (tmp_path / "k").write_text("from-file\n")
    config = {"token": "t0ken-1", "host": "h", "more": {"api_key": "k3y-2"}, "client_key_file": str(tmp_path / "k")}
    assert set(hiding._secrets(config, schema, schema)) == {
        ("t0ken-1", False), ("k3y-2", False), (str(tmp_path / "k"), True),
    }  # fmt: skip
    shown = hiding._hidden(config, schema, schema)
    assert shown == {**config, "token": "***", "more": {"api_key": "***"}}
