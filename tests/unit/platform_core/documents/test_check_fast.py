"""The short ways of the check give what the long ones give: on right apps, and on hundreds broken at random."""

import copy
import gc
import json
import random
import threading
from functools import partial
from pathlib import Path

import pytest

from platform_core.services import canonical_json
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.check import Surroundings, check_files, check_source
from platform_core.services.documents.check_memory import KEPT_MAX, CheckMemory
from platform_core.services.documents.lint import Plant
from platform_core.services.documents.no_collection import no_collection
from platform_core.services.documents.source import Source
from platform_core.services.props_accept import accepts
from tests.support.broken_documents import ODD, broken
from tests.support.large_app import large_app

from .made import app, catalog

ROOT = Path(__file__).parents[4]
WEB = ROOT / "platform_core" / "web"
PLANT = Plant(frozenset({"press_1", "press_2"}), {("press_1", "speed"): None, ("press_2", "speed"): False})


class SlowCatalog(ComponentCatalog):
    """Every element goes through the full validator."""

    def accepts(self, component, props):
        return False


def read(folder):
    return {str(p.relative_to(folder)): json.loads(p.read_text("utf-8")) for p in sorted(folder.rglob("*.json"))}


def apps():
    folders = [*sorted((WEB / "templates").glob("*")), *sorted((ROOT / "tests" / "fixtures" / "apps").glob("*/*"))]
    return [read(folder) for folder in folders if folder.is_dir()]


def manifests():
    built = ComponentCatalog.from_folder(WEB / "components")
    if built.is_empty:
        pytest.skip("the web app is not built")
    return list(built.manifests.values())


def source(files):
    texts = {path: canonical_json.dumps(document) for path, document in files.items()}
    hashes = {path: canonical_json.digest(text) for path, text in texts.items()}
    return Source(hashes, lambda path: json.loads(texts[path]))


def stored(files):
    """As they come back from the database: members in order."""
    return json.loads(canonical_json.dumps(files))


def test_compiled_properties_judge_as_the_validator_does():
    fast, slow = ComponentCatalog(manifests()), SlowCatalog(manifests())
    whole = [element for files in (*apps(), large_app(1, 60)) for element in elements_of(files)]
    rng = random.Random(3)
    accepted = refused = 0
    for element in whole * 3:
        props = {"props": copy.deepcopy(element["props"])}
        props = broken(props, rng, rng.choice([0, 1, 1, 2]))["props"]
        if element["type"] not in fast.manifests or not isinstance(props, dict):
            continue
        is_right = not list(slow.validator(element["type"]).iter_errors(props))
        assert fast.accepts(element["type"], props) == is_right, (element["type"], props)
        accepted, refused = accepted + is_right, refused + (not is_right)
    assert accepted > 100
    assert refused > 50


def elements_of(files):
    return [
        one for path, document in files.items() if path != "app.json" for one in document.get("elements", {}).values()
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer"}, {"type": ["string", "null"]}, {"enum": [1, "a", None, True]}, {"const": False},
        {"pattern": "^a"}, {"minimum": 1, "maximum": 2}, {"multipleOf": 0.5}, {"multipleOf": 2}, {"uniqueItems": True},
        {"type": "array", "items": {"type": "number"}, "maxItems": 1}, {"required": ["en"]}, {"minLength": 1},
        {"additionalProperties": {"type": "string"}}, {"properties": {"en": {"enum": ["x"]}}, "maxProperties": 1},
        {"oneOf": [{"type": "number"}, {"minimum": 2}]}, {"anyOf": [{"type": "string"}, {"const": 1}]},
        {"$ref": "interlock:types#/text"}, {"$ref": "interlock:types#/band"}, {"not": {"type": "string"}}, True, False,
    ],
)  # fmt: skip
def test_a_compiled_schema_never_says_yes_to_what_is_wrong(schema):
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    from schemas.component_schema import TYPES, TYPES_URI

    registry = Registry().with_resource(TYPES_URI, DRAFT202012.create_resource(TYPES))
    judge, quick = Draft202012Validator(schema, registry=registry), accepts(schema)
    for value in (*ODD, {"to": 1, "tone": "fault"}, "abc", [2], ["a", "b"], 2, 3.0, {"en": 5}):
        if quick(value):
            assert judge.is_valid(value), value
        elif "not" not in str(schema) and "multipleOf" not in str(schema) and "uniqueItems" not in str(schema):
            assert not judge.is_valid(value), value  # these three ask the validator; all else is judged at once


def test_broken_apps_have_the_same_findings_on_the_short_way():
    fast, slow = ComponentCatalog(manifests()), SlowCatalog(manifests())
    memory = CheckMemory(fast)
    whole = [*apps(), large_app(3, 45)]
    codes = set()
    for seed in range(150):
        rng = random.Random(seed)
        files = stored(broken(rng.choice(whole), rng, rng.choice([0, 1, 1, 2, 3, 8])))
        plant = PLANT if seed % 2 else None
        long = check_files(files, Surroundings(slow, frozenset(), plant), "large")
        assert check_files(files, Surroundings(fast, frozenset(), plant), "large") == long, seed
        remembered = Surroundings(fast, frozenset(), plant, memory)
        assert check_source(source(files), remembered, "large") == long, seed
        assert check_source(source(files), remembered, "large") == long, seed
        codes |= {one.code.partition(".")[0] for one in long}
    assert codes >= {"structure", "reference", "props", "lint"}


def test_a_small_app_broken_everywhere_has_the_same_findings_with_a_memory():
    components = catalog()
    memory = CheckMemory(components)
    files, codes = app(), set()
    for seed in range(1500):
        rng = random.Random(seed)
        changed = stored(broken(files, rng, rng.choice([1, 1, 2, 4])))
        anew = check_files(changed, Surroundings(components, frozenset(), PLANT), "line")
        kept = check_source(source(changed), Surroundings(components, frozenset(), PLANT, memory), "line")
        assert kept == anew, seed
        codes |= {one.code for one in anew}
    assert len(codes) > 40, sorted(codes)


def counted(files):
    """A source that counts what is read."""
    inner, seen = source(files), []
    return Source(inner.hashes, lambda path: (seen.append(path), inner.read(path))[1]), seen


def test_after_an_edit_only_that_page_is_read_again():
    components = catalog()
    around = Surroundings(components, frozenset(), PLANT, CheckMemory(components))
    files = app()
    check_source(source(files), around, "line")
    files["pages/main.json"]["title"] = {"en": "Other", "zh-CN": "x"}
    again, seen = counted(files)
    check_source(again, around, "line")
    assert set(seen) == {"app.json", "pages/main.json", "tests/shows.json"}  # not the other page, not the block


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["pages/detail.json", "params"], {}),  # main leads there with a parameter
        (["pages/detail.json"], ...),
        (["blocks/machine.1.json", "params"], {}),
        (["app.json", "roles"], []),
    ],
)
def test_a_change_elsewhere_is_found_on_a_page_that_did_not_change(path, value):
    components = catalog()
    around = Surroundings(components, frozenset(), PLANT, CheckMemory(components))
    files = app()
    before = check_source(source(files), around, "line")
    holder = files
    for key in path[:-1]:
        holder = holder[key]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    after = check_source(source(files), around, "line")
    assert [one for one in after if one.page == "main" and one not in before]


def test_other_assets_other_pictures_and_other_components_are_looked_at_anew():
    components = catalog()
    memory = CheckMemory(components)
    files = app()
    plain = check_source(source(files), Surroundings(components, frozenset(), PLANT, memory), "line")
    bare = Surroundings(components, frozenset(), Plant(frozenset(), {}), memory)
    assert {one.code for one in plain} == {"lint.tag_missing"}
    assert {one.code for one in check_source(source(files), bare, "line")} == {"lint.asset_missing"}
    files["pages/main.json"]["elements"]["el_aaaaaaaa"]["props"]["picture"] = "ab" * 32 + ".png"
    with_picture = Surroundings(components, frozenset({"ab" * 32 + ".png"}), PLANT, memory)
    without = Surroundings(components, frozenset(), PLANT, memory)
    assert "reference.media" not in {one.code for one in check_source(source(files), with_picture, "line")}
    assert "reference.media" in {one.code for one in check_source(source(files), without, "line")}
    others = catalog(props_version=2)
    assert check_source(source(files), Surroundings(others, None, None, memory), "line") == check_files(
        files, Surroundings(others), "line"
    )


def test_a_memory_that_forgets_what_findings_depend_on_is_caught(monkeypatch):
    """The control: were the context not in the key, the random comparison above would find it."""
    from platform_core.services.documents.context import Context

    monkeypatch.setattr(Context, "digest", property(lambda _: "always the same"))
    with pytest.raises(AssertionError):
        test_a_small_app_broken_everywhere_has_the_same_findings_with_a_memory()


def test_the_memory_is_bounded():
    memory = CheckMemory(catalog())
    for number in range(KEPT_MAX + 10):
        memory.ask(("x", str(number)), partial(int, number))
    assert memory.ask(("x", "0"), lambda: "forgotten") == "forgotten"
    assert memory.ask(("x", str(KEPT_MAX + 9)), lambda: "forgotten") == KEPT_MAX + 9


def test_the_search_for_cycles_is_on_again_after_the_last_that_paused_it():
    assert gc.isenabled()
    inside, go = threading.Event(), threading.Event()

    def pause():
        with no_collection():
            inside.set()
            go.wait(10)

    other = threading.Thread(target=pause)
    other.start()
    assert inside.wait(10)
    with pytest.raises(ValueError, match="x"), no_collection():
        raise ValueError("x")
    assert not gc.isenabled()
    go.set()
    other.join()
    assert gc.isenabled()
