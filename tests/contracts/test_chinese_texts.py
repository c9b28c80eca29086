"""Whatever the agent says to a person has its Chinese text, in the catalogue beside its source, and no catalogue has a
text that nobody says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, ValidationError

from edge_agent.local_page.chinese import CATALOGUE, HOLE, Catalogue, catalogue
from schemas.quality import LABELS
from tests.support.processes import ROOT
from tests.support.spoken_texts import modules, nameless, spoken, spoken_in, written_in

#: Plurals, which Chinese has not.
PLURAL = {
    "{problems} problem{value}", "{what} has {found} problem{value}", "{made} machine{value} like {base}",
}  # fmt: skip
FOLDERS = sorted({path.parent for path in modules()})
NAMES = [folder.relative_to(ROOT).as_posix() for folder in FOLDERS]


def texts_of(folder: Path) -> dict[str, str]:
    file = folder / CATALOGUE
    found: dict[str, str] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return found


def missing(said: set[str], texts: dict[str, str]) -> dict[str, str]:
    """What a catalogue lacks, ready to be filled in."""
    return {text.strip(): "" for text in sorted(said) if not texts.get(text.strip())}


def unsaid(texts: dict[str, str], written: set[str]) -> list[str]:
    """What stands in a catalogue and in no source of its folder."""
    return [text for text in texts if nameless(text) not in written]


def test_every_text_has_its_chinese() -> None:
    told = {}
    for folder, said in spoken().items():
        if lacks := missing(said, texts_of(folder)):
            told[f"{folder.relative_to(ROOT).as_posix()}/{CATALOGUE}"] = lacks
    assert not told, f"Write the Chinese of these texts:\n{json.dumps(told, ensure_ascii=False, indent=2)}"


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_a_catalogue_has_only_what_is_said(folder: Path) -> None:
    texts = texts_of(folder)
    assert not unsaid(texts, written_in(folder)), "Nobody says this any more: take it out."
    for text, said in texts.items():
        lost = set(HOLE.findall(text)) - set(HOLE.findall(said))
        assert not set(HOLE.findall(said)) - set(HOLE.findall(text)), f"{text}: a name that is not there"
        assert not lost or text in PLURAL, f"{text}: {lost} is not told in Chinese"


def test_every_entry_is_found_by_what_is_made_of_it() -> None:
    """No text is taken for another one, whatever stands in it."""
    for folder in FOLDERS:
        for text, said in texts_of(folder).items():
            values = {name: f"<{number}>" for number, name in enumerate(HOLE.findall(text))}
            made = HOLE.sub(lambda hole, values=values: values[hole.group(1)], text)  # type: ignore[misc]
            meant = HOLE.sub(lambda hole, values=values: values[hole.group(1)], said)  # type: ignore[misc]
            assert catalogue().chinese(made) == meant


def test_words_of_libraries() -> None:
    class Model(BaseModel):
        low: int = Field(ge=1)
        high: float = Field(le=1)
        short: str = Field(max_length=2)
        long: str = Field(min_length=2)
        many: tuple[int, ...] = Field(max_length=1)
        whole: int
        finite: float = Field(allow_inf_nan=False)

    with pytest.raises(ValidationError) as caught:
        Model.model_validate({
            "low": 0, "high": 2, "short": "abc", "long": "", "many": (1, 2), "whole": "x", "finite": float("nan"),
        })  # fmt: skip
    for problem in caught.value.errors():
        said = problem["msg"][0].lower() + problem["msg"][1:]
        assert catalogue().chinese(said) != said, said
        assert catalogue().chinese(problem["msg"]) == catalogue().chinese(said)
        assert catalogue().chinese(f"70000: {said}") == f"70000：{catalogue().chinese(said)}"
    for label in LABELS.values():
        assert catalogue().chinese(label) != label


def test_sentences_names_and_strangers() -> None:
    found = Catalogue(
        {"it broke": "坏了", "no {thing} here": "此处没有{thing}", "a tag": "标签", "Look at {it}.": "请看{it}。"}
    )
    assert found.chinese("no a tag here") == "此处没有标签"
    assert found.chinese("it broke Look at x.") == "坏了。请看x。"
    assert found.chinese("press_1: it broke") == "press_1：坏了"
    assert found.chinese("something else") == "something else"
    long = "no " + "x" * 3000 + " here"
    assert found.chinese(long) == long  # what a device makes endless is not looked at


def test_a_text_that_nobody_knows_is_not_half_translated() -> None:
    texts = {
        "{given} is not {kinds}": "{given} 不是{kinds}",
        "a number": "数字",
        "{place} is not reached": "未能到达{place}",
    }
    found = Catalogue(texts)
    assert found.chinese("a, b, c is not a number") == "a, b, c 不是数字"
    assert found.chinese("'a b' is not a number") == "'a b' 不是数字"
    assert found.chinese("The oven is not what it was") == "The oven is not what it was"
    assert found.chinese("The oven is not reached") == "未能到达The oven"


def test_a_text_made_to_be_looked_at_for_long_is_given_up() -> None:
    text = "x y is not z w. " * 120  # each sentence may be one, and part of a longer one
    assert catalogue().chinese(text).strip() == text.strip()


def test_a_text_without_chinese_would_be_told() -> None:
    source = (
        'raise ConfigError("x", f"no {host} here", hint="Look." if a else "Do that.")\nself._wrong("c", "not so", "")\n'
    )
    said = spoken_in(source)
    assert said == {"no {host} here", "Do that.", "not so"}
    assert missing(said, {"not so": "不是"}) == {"no {host} here": "", "Do that.": ""}
    assert unsaid({"no {x} here": "没有{x}", "gone": "没了"}, {"no {} here", "not so"}) == ["gone"]


def test_what_the_page_shows_of_devices_and_versions_is_chinese() -> None:
    for text in (
        "127.0.0.1 accepts connections", "slowest of 5 requests 0.4 ms, timeout_ms is 1000", "the agent's start",
        "SunSpec device at register 40000: no name.", "Models found: 1 (Common), 203 (Meter (Three Phase)).",
        "exception 0x02 (illegal address)", "connected", "1 machine like press_1", "connection press_1",
    ):  # fmt: skip
        assert catalogue().chinese(text) != text
        assert re.search("[\u4e00-\u9fff]", catalogue().chinese(text)), text
