"""Every operation with generated nonsense, as each role: never a 5xx, and every error is problem+json."""

import random

import pytest

from .conftest import ROLES

JUNK = [
    None, True, 0, -1, 2**31, 2**63, 2**64, -(2**70), 10**40, 1.5, 1e308, "", "x", "\x00", "a" * 3000, "😀", "%00",
    "../..", "'; DROP TABLE tag; --", "<script>alert(1)</script>", "{{7*7}}",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    [], [[]], {}, {"$ref": "file:///etc/passwd"}, {"__proto__": {}}, [None] * 50, {"a": {"b": {"c": [1, 2, {}]}}},
]  # fmt: skip
RAW = [
    b"", b"{", b"[" * 5000, b'{"a":' * 3000, b"\xff\xfe", b"NaN", b'{"ids":[NaN]}', b'{"ids":[1e999]}', b"null",
    b'{"a":1,"a":2}', b'"' + b"x" * 10_000 + b'"', b'{"note": "\\ud800"}', b"1" * 5000,
]  # fmt: skip
PATHS = [
    "0",
    "-1",
    "4294967296",
    "99999999999999999999",
    "x",
    "%00",
    "..",
    "a%2Fb",
    "line",
    "app.json",
    "pages/..%2f",
    "é",
    "' OR 1=1",
]
#: What every problem has, and the same words in other languages, where there are any.
MEMBERS, OTHERS = {"code", "path", "message", "hint"}, {"message_i18n", "hint_i18n"}
TRIES = 12


def _body(schema, document, dice, depth=0):
    """Something like the schema asks for, with junk in places."""
    if dice.random() < 0.25 or depth > 4:
        return dice.choice(JUNK)
    if "$ref" in schema:
        return _body(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], document, dice, depth)
    if "anyOf" in schema:
        return _body(dice.choice(schema["anyOf"]), document, dice, depth)
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        made = {name: _body(part, document, dice, depth + 1) for name, part in schema.get("properties", {}).items()}
        if dice.random() < 0.3:
            made[dice.choice(["x", "__class__", "tenant", "role"])] = dice.choice(JUNK)
        return made
    if kind == "array":
        return [_body(schema.get("items", {}), document, dice, depth + 1) for _ in range(dice.randrange(4))]
    return {"integer": dice.choice([0, 1, 7, 2**53, -5]), "number": 1.5, "string": "line", "boolean": True}.get(
        kind, dice.choice(JUNK)
    )


def _call(client, method, url, dice, operation, document):
    parameters = operation.get("parameters", [])
    query = {p["name"]: str(dice.choice(JUNK))[:300] for p in parameters if p["in"] == "query" and dice.random() < 0.7}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    headers = {"If-Match": dice.choice(['"x"', "*", "", 'W/"y"'])} if dice.random() < 0.5 else {"If-None-Match": "*"}
    if content is None:
        return client.request(method, url, params=query, headers=headers)
    if dice.random() < 0.3:
        headers["Content-Type"] = dice.choice(
            ["application/json", "text/plain", "application/xml", "multipart/form-data"]
        )
        return client.request(method, url, params=query, headers=headers, content=dice.choice(RAW))
    return client.request(method, url, params=query, headers=headers, json=_body(content["schema"], document, dice))


@pytest.mark.parametrize("role", [None, *ROLES])
def test_no_operation_ever_fails_by_itself(plant, role):
    seed = f"hostile-{role}"
    dice = random.Random(seed)
    client = plant.client(role)
    document = plant.app.openapi()
    codes = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for _ in range(TRIES):
                url = path
                while "{" in url:
                    name = url[url.index("{") : url.index("}") + 1]
                    url = url.replace(name, dice.choice(PATHS))
                answer = _call(client, method, url, dice, operation, document)
                where = (seed, method, url, answer.status_code, answer.text[:300])
                codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
                assert answer.status_code < 500, where
                assert "Traceback" not in answer.text
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json", where
                    problem = answer.json()
                    assert problem["status"] == answer.status_code
                    assert all(set(error) - OTHERS == MEMBERS for error in problem["errors"]), where
                if role is None and operation["security"]:
                    assert answer.status_code in (401, 404, 405, 421), where
    assert codes.get(422 if role else 401, 0) > 10  # it was nonsense


def test_hostile_texts_come_back_as_data(plant):
    client = plant.client("builder")
    hostile = '<script>alert("1")</script>\u2028'
    asset = {"id": "press_9", "name": hostile}
    assert client.put("/api/v1/assets/press_9", json=asset).status_code == 200
    answer = client.get("/api/v1/assets")
    assert hostile in [item["name"] for item in answer.json()]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
