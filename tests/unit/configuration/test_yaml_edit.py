"""Edits of agent.yaml in any usual form: what is meant changes, every other line stays."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.configuration.yaml_edit import YamlEdit, flow
from schemas.errors import ConfigError

STYLES = ["block", "flow", "split", "comments", "folded"]


def item(number, style):
    name = f"t{number}"
    return {
        "block": f"- name: {name}  # c{number}\n  address: holding:{number}\n",
        "flow": f"- {{name: {name}, address: 'holding:{number}'}}   # c{number}\n",
        "split": f"-\n  name: {name}\n  address: holding:{number}\n",
        "comments": f"# kept {number}\n- name: {name}\n  # c{number}\n  address: holding:{number}\n\n",
        "folded": f"- name: {name}\n  address: holding:{number}\n  description: >\n    one\n    two\n",
    }[style]


def indented(text, spaces):
    return "".join(" " * spaces + line if line.strip() else line for line in text.splitlines(keepends=True))


@settings(max_examples=300, deadline=None)
@given(
    styles=st.lists(st.sampled_from(STYLES), min_size=1, max_size=6),
    data=st.data(),
    indent=st.sampled_from([4, 6]),
    tail=st.sampled_from(["", "    scan_ms: 500\n", "  # end\n", "  - {id: b, driver: d, tags: []}\n"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
)
def test_tags_are_taken_out_and_all_else_stays(styles, data, indent, tail, newline, last):
    gone = data.draw(st.sets(st.integers(0, len(styles) - 1)))
    items = [item(number, style) for number, style in enumerate(styles)]
    head = "# first\nversion: 1\nconnections:\n  - id: a\n    driver: d\n    tags:\n"
    text = head + "".join(indented(one, indent) for one in items) + tail
    text = text.replace("\n", newline)
    if not last and (tail or styles[-1] != "folded"):  # a folded text would gain its line break
        text = text.rstrip()
    edit = YamlEdit(text)
    edit.remove_tags(0, gone)
    if data.draw(st.booleans()):
        edit.set_tags_file(0, "tags/a.csv")
    edit.append("connections", ["id: z\ndriver: d"])
    edit.append("templates", ["id: t\ntags:\n  - {name: x}"])
    result = edit.text()
    before, after = yaml.safe_load(text), yaml.safe_load(result)
    wanted = [tag for number, tag in enumerate(before["connections"][0]["tags"]) if number not in gone]
    assert after["connections"][0]["tags"] == wanted
    assert after["connections"][0].get("scan_ms") == before["connections"][0].get("scan_ms")
    assert after["connections"][1:-1] == before["connections"][1:]
    assert after["connections"][-1] == {"id": "z", "driver": "d"}
    assert after["templates"] == [{"id": "t", "tags": [{"name": "x"}]}]
    for number in range(len(styles)):
        if number not in gone:
            assert result.count(f"# c{number}") == text.count(f"# c{number}")
    kept = [line for line in text.splitlines() if "kept" in line or "first" in line or "end" in line]
    assert all(line in result.splitlines() for line in kept)
    assert newline == "\n" or "\n" not in result.replace("\r\n", "")


@settings(max_examples=100, deadline=None)
@given(count=st.integers(1, 6), data=st.data(), wide=st.booleans())
def test_a_list_in_brackets(count, data, wide):
    gone = data.draw(st.sets(st.integers(0, count - 1)))
    space = "\n      " if wide else " "
    items = f",{space}".join(f"{{name: t{n}, address: a{n}}}" for n in range(count))
    text = f"connections:\n  - {{id: a, driver: d, tags: [{items}]}}  # c\nversion: 1\n"
    edit = YamlEdit(text)
    edit.remove_tags(0, gone)
    edit.set_tags_file(0, "x.csv")
    after = yaml.safe_load(edit.text())["connections"][0]
    assert [tag["name"] for tag in after["tags"]] == [f"t{n}" for n in range(count) if n not in gone]
    assert after["tags_file"] == "x.csv"
    assert "# c" in edit.text()


def test_the_first_item_of_an_empty_section_keeps_its_comment():
    edit = YamlEdit("connections: []  # none yet\nversion: 1\n")
    edit.append("connections", ["id: a\ndriver: d"])
    edit.append("templates", ["id: t"])
    assert edit.text() == ("connections:  # none yet\n  - id: a\n    driver: d\nversion: 1\ntemplates:\n  - id: t\n")


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(
            st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\u2028\u2029\ufffe\uffff"),
        ),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab:#{ -", min_size=1, max_size=4), inner, max_size=3),
        max_leaves=8,
    )
)  # fmt: skip
def test_a_value_on_one_line_is_read_as_it_was(value):
    assert yaml.safe_load(f"x: {flow(value)}") == {"x": value}


@pytest.mark.parametrize(
    "text",
    [
        "{version: 1, connections: []}",
        "connections:\n  - &a {id: a, tags: [{name: t}]}\n  - *a\n",
        "connections:\n  - id: a\n    tags: &t\n      - &x {name: t}\n  - id: b\n    tags: *t\n",
    ],
)
def test_unusual_forms_are_refused(text):
    with pytest.raises(ConfigError, match=r"not written|alias|unusual"):
        YamlEdit(text).remove_tags(1, {0})


def test_a_list_that_ends_with_an_alias_is_added_to_at_its_end():
    text = "list: &shared [{name: a}]\nconnections:\n- id: one\n  tags: *shared\nedge: line_1\n"
    edit = YamlEdit(text)
    edit.append("connections", ["id: two"])
    assert yaml.safe_load(edit.text()) == {
        "list": [{"name": "a"}], "edge": "line_1",
        "connections": [{"id": "one", "tags": [{"name": "a"}]}, {"id": "two"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "connection",
    [
        "  - id: a\n    driver: d\n",
        "  - {id: a, driver: d}\n",
        "  - id: a\n    config: {}\n    driver: d\n",
        "  - id: a\n    config: {host: h, gap_max: 3}  # c\n",
        "  - id: a\n    config:\n      host: h  # kept\n      holes:\n      - x:1\n      - x:2\n      gap_max: 3\n"
        "    scan_ms: 5\n",
    ],
)
def test_settings_are_given_and_all_else_stays(connection):
    text = f"# head\nconnections:\n  - id: first\n    driver: d\n{connection}after: 1\n"
    before = yaml.safe_load(text)
    edit = YamlEdit(text)
    edit.set_config(1, {"gap_max": 124, "holes": ["x:3", "y:4-5"]})
    edit.set_config(0, {})
    after = yaml.safe_load(edit.text())
    wanted = before["connections"][1].get("config", {}) | {"gap_max": 124, "holes": ["x:3", "y:4-5"]}
    assert after["connections"][1].pop("config") == wanted
    before["connections"][1].pop("config", None)
    assert after == before
    assert ("# kept" in edit.text()) == ("# kept" in text)


def test_settings_that_are_written_elsewhere_are_refused():
    for config in ("*one", "5"):
        text = f"base: &one {{host: h}}\nconnections:\n  - id: a\n    config: {config}\n"
        with pytest.raises(ConfigError) as caught:
            YamlEdit(text).set_config(0, {"gap_max": 1})
        assert caught.value.code == "edit.form"
