"""Whatever refuses on a screen of apps does so in Chinese too, and each guard notices what breaks it."""

from __future__ import annotations

import ast

import pytest

from platform_core.services.documents.finding_texts import PROPS_ZH, STRUCTURE_ZH
from platform_core.services.documents.parsed import MODELS
from platform_core.services.refusals import CATALOGUE
from tests.contracts.refusal_texts import (
    catalogue_problems,
    keys_used,
    reachable,
    source_problems,
    untold_keywords,
    untold_structure,
)

GOOD = {
    "app.id": {"en": ["{app!r} is not an id.", "Use a-z."], "zh-CN": ["{app!r} 不是有效的标识。", "只能使用 a-z。"]}
}


def test_every_refusal_is_said_in_both_languages() -> None:
    assert not list(catalogue_problems(CATALOGUE))


def test_every_error_that_reaches_these_screens_is_in_the_catalogue() -> None:
    modules = dict(reachable())
    assert len(modules) > 40
    wrong = [text for name, tree in modules.items() for text in source_problems(name, tree, CATALOGUE)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_nothing_in_the_catalogue_is_left_over() -> None:
    errors = ast.parse('say("detail.request", count=1)')
    assert set(CATALOGUE) == keys_used([errors, *(tree for _, tree in reachable())])


def test_what_a_document_may_not_fit_has_chinese() -> None:
    assert not untold_structure(MODELS.values(), STRUCTURE_ZH)
    assert not untold_keywords(PROPS_ZH)
    less = {key: text for key, text in STRUCTURE_ZH.items() if key != "missing"}
    assert untold_structure(MODELS.values(), less) == {"missing"}
    assert untold_keywords({key: text for key, text in PROPS_ZH.items() if key != "enum"}) == {"enum"}


@pytest.mark.parametrize(
    "entry",
    [
        {"en": ["Not an id.", ""]},
        {"en": ["Not an id.", ""], "zh-CN": ["", ""]},
        {"en": ["Not an id.", ""], "zh-CN": ["Not an id.", ""]},
        {"en": ["Not an id.", "Use a-z."], "zh-CN": ["不是标识。", ""]},
        {"en": ["{app} is not an id.", ""], "zh-CN": ["{name} 不是标识。", ""]},
        {"en": ["", ""], "zh-CN": ["", ""]},
    ],
)
def test_a_text_that_is_not_in_both_languages_is_noticed(entry: dict[str, list[str]]) -> None:
    assert not list(catalogue_problems(GOOD))
    assert list(catalogue_problems({"app.id": entry}))


@pytest.mark.parametrize(
    "source",
    [
        'raise ConfigError("app.id", "This is not an id.")',
        'found = [Problem(f"app.{kind}", "/id", text)]',
        'raise refusal("app.other", app=app)',
        'raise refusal("app.id")',
        'raise refusal("app.id", app=app, more=1)',
        "raise refusal(limits.key, app=app)",
        'raise refusal("app.id" if a else "app.other", app=app)',
        'key = "app.other"\nraise refusal(key, app=app)',
    ],
)
def test_an_error_outside_of_the_catalogue_is_noticed(source: str) -> None:
    fine = 'key = "app.id"\nraise refusal(key, app=app)\nproblem("app.id", "/id", app=app)\nsay("app.id", app=app)'
    assert not list(source_problems("x.py", ast.parse(fine), GOOD))
    assert list(source_problems("x.py", ast.parse(source), GOOD))
