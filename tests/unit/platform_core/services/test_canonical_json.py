"""Canonical JSON: one document, one text; strict reading."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.services import canonical_json
from schemas.errors import ConfigError

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(DOCUMENTS)
def test_reading_and_writing_again_is_byte_identical(document):
    try:
        text = canonical_json.dumps(document).encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair cannot be written at all
    read = canonical_json.loads(text)
    assert read == document
    stored = canonical_json.dumps(read).encode()  # whole numbers have lost their point, as a browser writes them
    assert canonical_json.dumps(canonical_json.loads(stored)).encode() == stored


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), DOCUMENTS, max_size=4))
def test_joining_texts_is_writing_the_whole_and_members_are_got_back(document):
    texts = {name: canonical_json.dumps(member) for name, member in document.items()}
    whole = canonical_json.dumps(document)
    assert canonical_json.joined(texts) == whole
    assert canonical_json.members(whole) == texts


def test_a_text_that_looks_like_a_member_is_none():
    tricky = {"a": 'x\n  "b": 1,\n}\n', 'q"\\': ['  "c": 2', "\u2028", "end,"], "z": "end,", "": {}}
    texts = {name: canonical_json.dumps(member) for name, member in tricky.items()}
    assert canonical_json.members(canonical_json.joined(texts)) == texts


def test_numbers_are_written_as_a_browser_would_send_them():
    assert canonical_json.dumps(canonical_json.loads(b'{"a": 10.0, "b": -0.0, "c": 1e3, "d": 0.5}')) == (
        '{\n  "a": 10,\n  "b": 0,\n  "c": 1000,\n  "d": 0.5\n}\n'
    )
    with pytest.raises(ConfigError):
        canonical_json.loads(b"1e999")


@given(st.dictionaries(st.text(alphabet="abcXYZäé", min_size=1), st.integers()))
def test_the_order_of_members_does_not_matter(document):
    turned = dict(reversed(document.items()))
    assert canonical_json.dumps(turned) == canonical_json.dumps(document)


def test_one_member_per_line():
    text = canonical_json.dumps({"b": [1, {"c": "ü"}], "a": 1.5})
    assert text == '{\n  "a": 1.5,\n  "b": [\n    1,\n    {\n      "c": "ü"\n    }\n  ]\n}\n'


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a":1,"a":1}', "{", "1" * 40, '"\\ud800"'])
def test_strange_json_is_refused(text):
    with pytest.raises(ConfigError) as caught:
        canonical_json.loads(text.encode())
    assert caught.value.code == "document.json"


def test_depth_is_limited_without_recursion():
    nested = json.dumps([[]])
    for _ in range(canonical_json.DEPTH_MAX):
        nested = f"[{nested}]"
    with pytest.raises(ConfigError) as caught:
        canonical_json.loads(nested.encode())
    assert caught.value.code == "document.depth"
    with pytest.raises(ConfigError):
        canonical_json.loads(b"[" * 100_000)
