"""Templates: one list, many machines, all problems at once."""

import pytest

from connectors.template import expand, expand_connections
from schemas.errors import ConfigError
from schemas.models.agent import AgentConfig
from schemas.models.connection import ConnectionTemplate

PRESS = {
    "id": "press",
    "params": ["unit", "base", "prefix"],
    "config": {"unit": "{unit}", "port": 502},
    "tags": [
        {"name": "{prefix}temperature", "address": "holding:{base+12}", "type": "float32"},
        {"name": "{prefix}set {{raw}}", "address": "holding:{ base - 2 }", "type": "int16"},
    ],
}


def test_placeholders_are_filled_with_their_own_types():
    out = expand(ConnectionTemplate.model_validate(PRESS), {"unit": 3, "base": 100, "prefix": "p1_"})
    assert out["config"] == {"unit": 3, "port": 502}
    assert out["tags"][0] == {"name": "p1_temperature", "address": "holding:112", "type": "float32"}
    assert out["tags"][1]["name"] == "p1_set {raw}"
    assert out["tags"][1]["address"] == "holding:98"


def test_the_result_is_an_agent_configuration():
    document = {
        "version": 1,
        "edge": "line_1",
        "broker": {"url": "mqtt://127.0.0.1:1883"},
        "templates": [PRESS],
        "connections": [
            {
                "id": f"press_{n}",
                "driver": "modbus_tcp",
                "template": "press",
                "with": {"unit": n, "base": n * 100, "prefix": ""},
                "config": {"host": "10.0.0.1", "port": 1502},
                "tags": [{"name": "own", "address": "coil:1", "type": "bool"}],
            }
            for n in (1, 2)
        ],
    }
    config = AgentConfig.model_validate(expand_connections(document))
    assert [c.config for c in config.connections] == [
        {"unit": 1, "port": 1502, "host": "10.0.0.1"},
        {"unit": 2, "port": 1502, "host": "10.0.0.1"},
    ]
    assert [t.address for t in config.connections[1].tags] == ["holding:212", "holding:198", "coil:1"]
    assert "templates" in document, "the input is left as it was"


def problems(connections, templates=(PRESS,)):
    with pytest.raises(ConfigError) as caught:
        expand_connections({"templates": list(templates), "connections": connections})
    return {(problem.path, problem.code) for problem in caught.value.problems}


def test_all_problems_are_told_at_once():
    found = problems(
        [
            {"id": "a", "template": "pres", "with": {}},
            {"id": "b", "template": "press", "with": {"unit": 1, "base": 0, "prefix": "", "speed": 3}},
            {"id": "c", "template": "press", "with": {"unit": 1}},
            {"id": "d", "template": "press", "with": {"unit": 1, "base": "ten", "prefix": ""}},
            {"id": "e", "template": "press", "with": ["unit"]},
        ]
    )
    assert found == {
        ("/connections/0/template", "template.unknown"),
        ("/connections/1/with/speed", "template.parameters"),
        ("/connections/2/with", "template.parameters"),
        ("/connections/3/with", "template.placeholder"),
        ("/connections/4/with", "template.parameters"),
    }


@pytest.mark.parametrize("text", ["{nobody}", "{base*2}", "{__class__}", "{base+x}", "{base", "}", "{}", "{base.real}"])
def test_nothing_but_parameters_is_evaluated(text):
    template = {"id": "t", "params": ["base"], "tags": [{"name": "a", "address": text}]}
    assert problems([{"id": "a", "template": "t", "with": {"base": 1}}], [template]) == {
        ("/connections/0/with", "template.placeholder")
    }


def test_a_filled_value_is_not_filled_again():
    template = ConnectionTemplate.model_validate({"id": "t", "params": ["a", "b"], "tags": [{"name": "{a}"}]})
    assert expand(template, {"a": "{b}", "b": "deep"})["tags"] == [{"name": "{b}"}]


def test_a_broken_template_is_told_with_its_place():
    assert ("/templates/0/params", "template.invalid") in problems([], [{"id": "x", "params": 3}])
    assert ("/templates/1/id", "template.duplicate") in problems([], [PRESS, PRESS])
