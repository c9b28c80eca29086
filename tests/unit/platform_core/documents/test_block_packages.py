"""Packages of blocks: the same hash whoever signs, nothing changed unnoticed, and every attack refused at once."""

import io
import json
import random
import re
import time
import zipfile

import pytest

from platform_core.component_lint import closed, folder, foreign
from platform_core.component_lint.closed import PATTERN_TEXT_MAX, BoundedValidator, is_quick
from platform_core.services.documents import block_packages
from platform_core.services.documents.block_packages import LIMITS, open_block, pack_block, sign_block
from platform_core.services.documents.packages import open_package, pack
from platform_core.services.documents.signing import PrivateKey
from schemas.errors import ConfigError

from .blocks import RING, block_files, document, packed
from .made import app

LABEL = {"en": "x", "zh-CN": "x"}


def entries_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return out.getvalue()


def forged(**entries):
    """A package with these files and an honest list of hashes: what an attacker can always make."""
    files = {**block_files(), **entries}
    hashes = block_packages._hashes(files)
    told = json.loads(files["component.json"])
    manifest = {"format": 1, "kind": "component", "id": told["id"], "version": told["version"]}
    manifest |= {"name": {"en": "x"}, "content_hash": block_packages._content_hash(hashes), "files": hashes}
    return zipped({"manifest.json": json.dumps(manifest).encode(), **files})


def with_manifest(**changes):
    return forged(**{"component.json": json.dumps(document(**changes)).encode()})


def refused(content):
    with pytest.raises(ConfigError) as caught:
        open_block(content)
    return caught.value


def test_there_and_back_and_the_hash_is_that_of_the_files():
    one, other = PrivateKey.generate(), PrivateKey.generate()
    plain = open_block(packed())
    signed = open_block(packed(one))
    again = open_block(sign_block(signed.content, other))
    assert plain.hash == signed.hash == again.hash
    assert (plain.signer, signed.signer, again.signer) == (None, one.public, other.public)
    assert packed(one) == packed(one)
    assert plain.licence == "MIT\n"
    assert open_block(packed(code="interlock.block({mount() {}, update() {}});")).hash != plain.hash
    assert open_block(forged()).id == RING  # the forger's tool makes good packages too: refusals below are no accident


def test_nothing_is_changed_unnoticed():
    key = PrivateKey.generate()
    entries = entries_of(packed(key))
    assert refused(zipped({**entries, "block.js": b"evil();"})).code == "package.hash"
    assert refused(zipped({**entries, "more.js": b"evil();"})).code == "package.files"
    theirs = entries_of(packed(PrivateKey.generate(), code="other();"))["signature.json"]
    assert refused(zipped({**entries, "signature.json": theirs})).code == "package.signature"
    told = json.loads(entries["manifest.json"])
    assert refused(zipped({**entries, "manifest.json": json.dumps({**told, "id": "acme.other"}).encode()})).code in (
        "package.manifest",
        "package.signature",
    )
    app_file = pack(app(), {})
    assert refused(app_file).code == "package.name"
    with pytest.raises(ConfigError):
        open_package(packed())


@pytest.mark.parametrize(
    "name",
    ["../block.js", "/etc/passwd", "a/block.js", "..\\block.js", "C:block.js", "bridge.js", "frame.html", "x.mjs",
     "x.js.map", "blоck.js", "x.svg", "package.json", "LICENSE.md", "." * 70 + ".js"],
)  # fmt: skip
def test_only_plain_scripts_and_styles_are_files_of_a_block(name):
    error = refused(zipped({**entries_of(packed()), name: b"x"}))
    assert (error.code, error.hint) == ("package.name", "Nothing was written.")


def test_bombs_and_crowds_are_refused():
    assert refused(zipped({**entries_of(packed()), "big.js": b" " * (2 << 20)})).code in ("package.ratio",)
    assert refused(b"PK" * LIMITS.package_bytes).code == "package.size"
    many = {f"f{n}.js": b"x" for n in range(LIMITS.entries)}
    assert refused(zipped({**entries_of(packed()), **many})).code == "package.entries"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "ring"}, "component.maker"),
        ({"id": "composite.ring"}, "component.maker"),
        ({"runtime": {"isolation": "host", "entry": "block.js"}}, "component.isolation"),
        ({"runtime": {"isolation": "iframe", "entry": "View.tsx"}}, "component.isolation"),
        ({"runtime": {"isolation": "iframe", "entry": "other.js"}}, "component.entry"),
        ({"runtime": {"isolation": "iframe", "entry": "block.js", "budget_kb": 1}}, "component.budget"),
        ({"capabilities": ["camera"]}, "component.frame"),
        ({"capabilities": ["everything"]}, "component.structure"),
        ({"writes": {"w": {"label": LABEL, "type": "number", "description": "w"}}}, "component.frame"),
        ({"slots": {"s": {"label": LABEL, "description": "s"}}}, "component.frame"),
        ({"a11y": {"role": "img", "name": "i18n.title", "text": "{nothing}"}}, "component.a11y"),
        ({"i18n": {"en": {"title": "x"}}}, "component.language"),
        ({"props_version": 2}, "component.migration"),
        ({"examples": [{"name": {"en": "a", "zh-CN": "a"}, "props": {"min": "text"}}]}, "component.example"),
        ({"meta": {**document()["meta"], "summary": {"en": "<img src=x>", "zh-CN": "x"}}}, "component.markup"),
    ],
)  # fmt: skip
def test_a_manifest_is_held_to_the_rules(changes, code):
    if code in ("component.budget",):
        body = "//" + random.Random(1).randbytes(20_000).hex()
        content = forged(**{"component.json": json.dumps(document(**changes)).encode(), "block.js": body.encode()})
    else:
        content = with_manifest(**changes)
    error = refused(content)
    assert code in {problem.code for problem in error.problems} or (error.code, code) == (
        "package.manifest",
        "component.maker",
    )


EVIL = "^(([a-z])+.)+[A-Z]([a-z])+$"
SCHEMAS = {
    "reference": {"$ref": "http://evil.example/schema.json"},
    "file": {"$ref": "file:///etc/passwd"},
    "itself": {"$ref": "#"},
    "hidden reference": {"type": "object", "additionalProperties": {"$ref": "#/properties/x"}},
    "number reference": {"$ref": 7},
    "dynamic": {"$dynamicRef": "#meta"},
    "keyword": {"anyOf": [{}]},
    "definitions": {"$defs": {"a": {"$ref": "#/$defs/a"}}, "type": "string"},
    "boolean schema": True,
    "items": {"type": "array", "maxItems": 3, "items": True},
    "choices": {"oneOf": [{"type": "string"}] * 21},
    "choices that are none": {"oneOf": {"a": 1}},
    "properties that are none": {"type": "object", "properties": [1]},
    "pattern": {"type": "string", "pattern": EVIL},
    "deep pattern": {"type": "array", "maxItems": 9, "items": {"type": "string", "pattern": "(a|a)*$"}},
    "pattern that is none": {"type": "string", "pattern": 5},
    "many alternatives": {"type": "string", "pattern": "^" + "(a|aa)" * 25 + "$"},
    "large repeat": {"type": "string", "pattern": "^a{9999}$"},
    "deep": {"type": "object", "properties": {}},
}


def deep(levels):
    made = {"type": "string"}
    for _ in range(levels):
        made = {"type": "object", "properties": {"x": made}}
    return made


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_that_attacks_is_refused_within_two_seconds(name):
    attack = deep(12) if name == "deep" else SCHEMAS[name]
    if isinstance(attack, dict):
        attack = {**attack, "x-ui": {"label": {"en": "x", "zh-CN": "x"}}, "description": "x"}
    props = {"type": "object", "additionalProperties": False, "properties": {"x": attack}}
    examples = [{"name": {"en": "a", "zh-CN": "a"}, "props": {"x": "a" * 5000 + "!"}}]
    started = time.monotonic()
    error = refused(with_manifest(props=props, examples=examples, a11y={**document()["a11y"], "name": "i18n.title"}))
    assert time.monotonic() - started < 2
    assert error.code == "component.invalid"


def test_migrations_cannot_make_work(monkeypatch):
    before = {"x": ["y" * 90] * 200}
    ops = [{"op": "wrap", "path": "/x", "key": "x"}] * 150
    step = {"from": 1, "to": 2, "ops": ops, "example": {"before": before, "after": {}}}
    error = refused(with_manifest(props_version=2, migrations=[step]))
    assert {problem.code for problem in error.problems} >= {"component.migration"}
    many = {**step, "ops": ops * 3, "example": {"before": {}, "after": {}}}
    assert refused(with_manifest(props_version=2, migrations=[many])).code == "component.invalid"


def test_json_that_attacks_the_parser_is_refused():
    for body in (
        b"[" * 100_000,
        b'{"a":1,"a":2}',
        b"\xff",
        b'{"id": NaN}',
        b"1" * 50_000,
        b'"' + b"x" * 300_000 + b'"',
    ):
        with pytest.raises(ConfigError) as caught:
            pack_block({**block_files(), "component.json": body})
        assert caught.value.code.startswith(("document.", "package."))


def test_the_guards_are_what_refuses(monkeypatch):
    """The same attacks pass when the check that is to stop them is taken away."""
    with monkeypatch.context() as patch:
        patch.setattr(block_packages, "foreign_problems", lambda *_: [])
        assert open_block(with_manifest(capabilities=["camera"])).manifest.capabilities == ("camera",)
    with monkeypatch.context() as patch:
        patch.setattr(closed, "is_quick", lambda _pattern: True)
        shown = {"label": {"en": "x", "zh-CN": "x"}}
        props = document()["props"]
        props["properties"]["x"] = {"type": "string", "pattern": EVIL, "description": "x", "x-ui": shown}
        assert open_block(with_manifest(props=props)).id == RING
    assert refused(with_manifest(props=props)).code == "component.invalid"
    assert folder.foreign_problems is foreign.foreign_problems


def test_patterns_that_pass_are_quick_on_any_text():
    quick = [
        "^[a-z0-9][a-z0-9_-]{0,39}$",
        "^[0-9a-f]{64}\\.(svg|png)$",
        "^.*.*$",
        "^[a-z]+-[0-9]+$",
        "^(a|aa)(a|aa)[a]*a+$",
    ]
    for pattern in quick:
        assert is_quick(pattern), pattern
        for text in ("a" * PATTERN_TEXT_MAX, "a" * PATTERN_TEXT_MAX + "!", "0" * PATTERN_TEXT_MAX):
            started = time.monotonic()
            re.search(pattern, text)
            assert time.monotonic() - started < 0.5, pattern
    for pattern in (
        "a+",
        "^(a+)+$",
        "^(a|a)*$",
        "^a*a*a*$",
        "^(?=a)b$",
        "^(a)\\1$",
        "^" + "(a|b)" * 3 + "$",
        "^a{5000}$",
    ):
        assert not is_quick(pattern), pattern
    long = "a" * (PATTERN_TEXT_MAX + 1)
    assert list(BoundedValidator({"pattern": "^a*$"}).iter_errors(long))
    assert not list(BoundedValidator({"pattern": "^a*$"}).iter_errors(long[1:]))


def test_the_rules_for_lists_that_are_long():
    schema = {"uniqueItems": True}
    assert list(BoundedValidator(schema).iter_errors([{"a": n} for n in range(1001)]))
    assert list(BoundedValidator(schema).iter_errors([1, 1]))
    assert not list(BoundedValidator(schema).iter_errors([1, 2]))


def test_an_app_carries_exactly_the_blocks_it_names():
    block = open_block(packed(PrivateKey.generate()))
    files = app()
    files["app.json"]["code_blocks"] = {RING: {"version": "1.0.0", "hash": block.hash}}
    with pytest.raises(ConfigError) as caught:
        pack(files, {})
    assert caught.value.code == "package.block"
    other = open_block(packed(code="other();"))
    with pytest.raises(ConfigError):
        pack(files, {}, blocks={RING: other})
    content = pack(files, {}, blocks={RING: block, "acme.unused": other})
    package = open_package(content)
    assert package.blocks[RING].content == block.content
    assert package.blocks[RING].signer == block.signer
    assert set(package.blocks) == {RING}
    entries = entries_of(content)
    carried = f"code_blocks/{RING}-1.0.0.block.zip"
    for changed in (
        {n: b for n, b in entries.items() if n != carried},
        {**entries, carried: other.content},
        {**entries, carried: b"PK"},
        {**entries, "code_blocks/acme.more-1.0.0.block.zip": other.content},
        {**entries, "code_blocks/../x.block.zip": other.content},
    ):
        with pytest.raises(ConfigError):
            open_package(zipped(changed))
