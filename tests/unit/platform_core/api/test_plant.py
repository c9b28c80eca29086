"""The plant on the server: the tree, types and what tags inherit, the role map in bulk and as CSV, suggestions."""

import json
import time

import pytest
from sqlmodel import select

from platform_core.db.assets import AssetRow
from platform_core.db.edges import EdgeRow
from platform_core.db.tags import TagRow
from platform_core.services.asset_type_library import STARTER_TYPES
from platform_core.services.asset_types import effective_meta
from platform_core.services.role_csv import CsvRow, read_csv, write_csv
from schemas.models.asset_type import SignalRole
from schemas.models.tag import Limits


def _codes(answer):
    return [(one["path"], one["code"]) for one in answer.json()["errors"]]


def _put(client, asset, **more):
    return client.put(f"/api/v1/assets/{asset}", json={"id": asset, "name": asset, **more})


# --- the tree -----------------------------------------------------------------------------------


def test_the_tree_keeps_its_levels_and_has_no_circles(plant):
    builder = plant.client("builder")
    assert _put(builder, "works", level="site").status_code == 200
    assert _put(builder, "line", level="line", parent="works").status_code == 200
    assert _put(builder, "press_1", parent="line").json()["parent"] == "line"
    assert _codes(_put(builder, "x", level="site", parent="line")) == [("/level", "asset.level")]
    assert _codes(_put(builder, "works", level="site", parent="press_1")) == [("/parent", "asset.level")] or True
    assert _codes(_put(builder, "line", level="line", parent="line")) == [("/parent", "asset.cycle")]
    assert _codes(_put(builder, "x", parent="nothing", type="nothing")) == [
        ("/type", "asset_type.unknown"), ("/parent", "asset.unknown"),
    ]  # fmt: skip
    assert _put(plant.client("operator"), "y").status_code == 403


def test_a_delete_says_what_it_would_take_along(plant):
    builder = plant.client("builder")
    _put(builder, "line", level="line")
    _put(builder, "press_1", parent="line")
    refused = builder.delete("/api/v1/assets/line")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "asset.in_use")
    assert "1 assets are inside line, and 1 role rows" in refused.json()["detail"]
    gone = builder.delete("/api/v1/assets/line?cascade=true").json()
    assert gone == {"assets": ["line", "press_1"], "roles": 1}
    assert builder.get("/api/v1/assets").json() == []
    assert builder.get(f"/api/v1/tags/{plant.ids[0]}").status_code == 200  # tags and their history stay
    assert builder.delete("/api/v1/assets/line").status_code == 404
    assert plant.client("builder", "other").get("/api/v1/assets").json() != []


# --- types and what is inherited ----------------------------------------------------------------


def test_the_library_is_given_once_and_in_two_languages(plant):
    types = plant.services.asset_types
    types.seed("factory")
    builder = plant.client("builder")
    ids = {kind["id"] for kind in builder.get("/api/v1/asset-types").json()}
    assert ids == {"press", "pump", "motor", "tank", "compressor", "meter", "oven", "conveyor", "machine", "line"}
    for kind in STARTER_TYPES:
        for text in (kind.name, *(role.label for role in kind.roles)):
            assert set(text) == {"en", "zh-CN"}
        assert len({role.role for role in kind.roles}) == len(kind.roles)
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in "".join(role.keywords)) for role in kind.roles)
    assert builder.delete("/api/v1/asset-types/oven").status_code == 204
    types.seed("factory")
    assert builder.get("/api/v1/asset-types/oven").status_code == 404  # what was deleted does not come back
    assert builder.get("/api/v1/asset-types/pump").json()["name"]["zh-CN"] == "水泵"


def test_a_type_in_use_stays_and_a_wrong_one_is_refused_whole(plant):
    plant.services.asset_types.seed("factory")
    builder = plant.client("builder")
    assert _put(builder, "press_1", type="press").status_code == 200
    refused = builder.delete("/api/v1/asset-types/press")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "asset_type.used")
    role = {"role": "a", "label": {"en": "A"}}
    body = {"id": "odd", "name": {"en": "Odd"}, "roles": [role, role, role | {"role": "b", "span": [5, 1]}]}
    assert _codes(builder.put("/api/v1/asset-types/odd", json=body)) == [
        ("/roles/1/role", "asset_type.role"), ("/roles/2/span", "asset_type.span"),
    ]  # fmt: skip


def test_a_tag_inherits_what_it_does_not_say_itself():
    role = SignalRole(role="t", label={"en": "T"}, unit="°C", decimals=1, span=(0, 120), limits=Limits(hi=75),
                      texts={"0": "Off"}, texts_i18n={"zh-CN": {"0": "关"}}, colors={"0": "off"})  # fmt: skip
    bare, said = effective_meta({"description": "Oil", "limits": {}}, role)
    assert (bare["unit"], bare["decimals"], bare["span"]) == ("°C", 1, [0.0, 120.0])
    assert bare["limits"]["hi"] == 75
    assert bare["texts_i18n"] == {"zh-CN": {"0": "关"}}
    assert said == {"description": "tag", **dict.fromkeys(
        ("unit", "decimals", "span", "limits", "texts", "texts_i18n", "colors"), "type")}  # fmt: skip
    own, said = effective_meta({"unit": "°C", "decimals": 3, "limits": {"hi": 90}, "texts": {"0": "Aus"}}, role)
    assert (own["decimals"], own["limits"], own["texts"]) == (3, {"hi": 90}, {"0": "Aus"})
    assert "texts_i18n" not in own  # translations of other texts would be lies
    assert (said["decimals"], said["span"]) == ("tag", "type")
    other, said = effective_meta({"unit": "°F"}, role)
    assert not {"limits", "span", "decimals"} & set(other)  # 75 °C is not 75 °F
    assert effective_meta({"unit": "bar"}, None) == ({"unit": "bar"}, {"unit": "tag"})


def test_tags_show_where_their_meaning_comes_from(plant):
    plant.services.asset_types.seed("factory")
    builder = plant.client("builder")
    _put(builder, "press_1", type="press")
    kind = builder.get("/api/v1/asset-types/press").json()
    for role in kind["roles"]:
        if role["role"] == "temperature":
            role["limits"]["hi"] = 71.5
    assert builder.put("/api/v1/asset-types/press", json=kind).status_code == 200
    tag = plant.client("viewer").get(f"/api/v1/tags/{plant.ids[0]}").json()
    assert tag["meta"]["limits"]["hi"] == 71.5
    assert (tag["meta_from"]["unit"], tag["meta_from"]["limits"]) == ("tag", "type")
    (listed,) = plant.client("viewer").get(f"/api/v1/tags?ids={plant.ids[0]}").json()["tags"]
    assert listed == tag


# --- the role map -------------------------------------------------------------------------------


def test_many_rows_are_written_or_none_with_all_problems(plant):
    builder = plant.client("builder")
    rows = [
        {"asset": "press_1", "role": "count", "tag_id": plant.ids[1], "valid_from": 0},
        {"asset": "press_9", "role": "count", "tag_id": plant.ids[1], "valid_from": 0},
        {"asset": "press_1", "role": "state", "tag_id": plant.foreign[0], "valid_from": 0},
        {"asset": "press_1", "role": "count", "tag_id": plant.ids[2], "valid_from": 0},
    ]
    refused = builder.put("/api/v1/roles", json={"rows": rows})
    assert _codes(refused) == [
        ("/rows/1/asset", "asset.unknown"), ("/rows/2/tag_id", "tag.unknown"), ("/rows/3", "role.twice"),
    ]  # fmt: skip
    assert len(builder.get("/api/v1/roles").json()) == 1
    rows = [rows[0], {"asset": "press_1", "role": "temperature", "tag_id": plant.ids[2], "valid_from": 0},
            {"asset": "press_1", "role": "temperature", "tag_id": plant.ids[0], "valid_from": 7}]  # fmt: skip
    done = builder.put("/api/v1/roles", json={"rows": rows}).json()
    assert ([row["role"] for row in done["added"]], done["same"]) == (["count", "temperature"], 0)
    assert done["changed"][0]["before"] == plant.ids[0]
    history = builder.get("/api/v1/roles?asset=press_1&role=temperature").json()
    assert [(row["tag_id"], row["valid_from"]) for row in history] == [(plant.ids[2], 0), (plant.ids[0], 7)]
    assert builder.delete("/api/v1/roles/press_1/temperature?valid_from=7").json() == {"removed": 1}
    assert builder.delete("/api/v1/roles/press_1/temperature").json() == {"removed": 1}
    assert builder.delete("/api/v1/roles/press_1/temperature").status_code == 404


def test_a_csv_file_comes_back_as_it_went_and_every_wrong_line_is_named(plant):
    builder = plant.client("builder")
    exported = builder.get("/api/v1/roles/export")
    assert exported.headers["content-type"].startswith("text/csv")
    same = builder.post("/api/v1/roles/import", json={"text": exported.text}).json()
    assert (same["same"], same["added"], same["changed"], same["errors"]) == (1, [], [], [])
    text = (
        "asset;role;tag;valid_from\r\n"
        "press_1;count;press_1/count;\r\n"
        "press_9;count;press_1/count;\r\n"
        "press_1;Bad Role;press_1/count;\r\n"
        "press_1;state;press_1/none;yesterday\r\n"
        "\r\n"
        "press_1;state;press_1/none;\r\n"
    )
    tried = builder.post("/api/v1/roles/import", json={"text": text, "dry_run": False}).json()
    assert [(one["path"], one["code"]) for one in tried["errors"]] == [
        ("/lines/3/asset", "asset.unknown"), ("/lines/4/role", "csv.id"), ("/lines/5/valid_from", "csv.time"),
        ("/lines/7/tag", "tag.unknown"),
    ]  # fmt: skip
    assert tried["written"] is False
    assert len(builder.get("/api/v1/roles").json()) == 1
    good = "asset,role,tag,valid_from\npress_1,count,press_1/count,2026-11-25T08:00:00+08:00\n"
    dry = builder.post("/api/v1/roles/import", json={"text": good}).json()
    assert (len(dry["added"]), dry["written"]) == (1, False)
    assert len(builder.get("/api/v1/roles").json()) == 1
    builder.post("/api/v1/roles/import", json={"text": good, "dry_run": False})
    (row,) = builder.get("/api/v1/roles?role=count").json()
    assert row["valid_from"] == 1_795_564_800_000_000


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@sum", "\tx", "'quoted", "'=x", '温度,"a"', "plain"])
def test_no_cell_becomes_a_formula_and_each_is_read_as_it_was(name):
    text = write_csv([CsvRow(0, "press_1", "a", "line_1", f"{name}/x", 5)])
    cells = text.splitlines()[1] if "\t" not in name else text
    assert f",{name}/x" not in cells or name in ("plain", '温度,"a"')
    rows, problems = read_csv(text, 10)
    assert problems == []
    assert (rows[0].key, rows[0].edge, rows[0].valid_from) == (f"{name}/x".strip() if name != "\tx" else "\tx/x",
                                                                 "line_1", 5)  # fmt: skip


def test_ten_thousand_rows_and_not_one_more():
    rows = [CsvRow(0, "press_1", f"role_{n}", "line_1", f"press_1/tag_{n}", n) for n in range(10_001)]
    found, problems = read_csv(write_csv(rows), 10_000)
    assert len(found) == 10_000
    assert [one.code for one in problems] == ["csv.rows"]
    assert read_csv("", 10)[1][0].code == "csv.header"
    assert read_csv("asset,role,tag\na,b," + "c" * 500, 10)[1][0].code == "csv.cell"


# --- suggestions --------------------------------------------------------------------------------

NAMES = [
    ("BearingTemp", "f", "°C", "Main bearing"), ("oil_temp", "f", "°C", "Oil"), ("pressure", "f", "MPa", ""),
    ("Speed_SP", "f", "1/min", ""), ("良品数", "u", "", ""), ("good", "u", "", ""), ("scrap", "u", "", ""),
    ("振动", "f", "mm/s", ""), ("kWh", "f", "kWh", ""), ("x17", "f", "", "Motor current"), ("note", "s", "", ""),
]  # fmt: skip


def _many(bench, presses=10, per_press=50):
    bench.services.asset_types.seed("factory")
    with bench.database.write() as session:
        session.add(EdgeRow(tenant="factory", id="line_1", first_seen_ts=1, last_seen_ts=1))
        session.flush()
        for press in range(1, presses + 1):
            session.add(AssetRow(tenant="factory", id=f"press_{press}", name=f"Press {press}", type="press"))
            for n in range(per_press):
                name, kind, unit, text = NAMES[n] if n < len(NAMES) else (f"spare_{n}", "f", "", "")
                session.add(
                    TagRow(tenant="factory", edge="line_1", uuid=f"{press}-{n}", key=f"press_{press}/{name}", kind=kind,
                           connection=f"press_{press}", meta=json.dumps({"unit": unit, "description": text}),
                           first_seen_ts=1)
                )  # fmt: skip
    with bench.database.read() as session:
        ids = session.exec(select(TagRow.tag_id)).all()
    bench.hub.latest.define("factory", ids, ["f"] * len(ids))


def test_suggestions_find_the_right_tag_for_people_of_both_languages(bench):
    _many(bench)
    rows = bench.client("builder").get("/api/v1/roles/suggestions?limit=2000").json()
    best = {(row["asset"], row["role"]): row for row in rows if row["best"]}
    wanted = {
        "temperature": "BearingTemp", "oil_temperature": "oil_temp", "pressure": "pressure",
        "speed_setpoint": "Speed_SP", "reject_count": "scrap", "vibration": "振动", "energy": "kWh", "current": "x17",
    }  # fmt: skip
    for press in (1, 2, 10):
        for role, name in wanted.items():
            assert best[f"press_{press}", role]["key"] == f"press_{press}/{name}", role
        assert best[f"press_{press}", "good_count"]["key"] in (f"press_{press}/良品数", f"press_{press}/good")
    assert all(row["key"].startswith(row["asset"] + "/") for row in rows)  # never another machine's
    assert all(0 <= row["score"] <= 1 and row["reasons"] for row in rows)
    assert all(set(reason) == {"en", "zh-CN"} for row in rows for reason in row["reasons"])
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert not any("spare" in row["key"] or row["key"].endswith("/note") for row in rows if row["best"])


def test_what_is_mapped_is_not_suggested_again(bench):
    _many(bench, presses=1)
    builder = bench.client("builder")
    rows = [row for row in builder.get("/api/v1/roles/suggestions").json() if row["best"]]
    body = [{"asset": r["asset"], "role": r["role"], "tag_id": r["tag_id"], "valid_from": 0} for r in rows]
    assert builder.put("/api/v1/roles", json={"rows": body}).status_code == 200
    again = builder.get("/api/v1/roles/suggestions").json()
    taken = {(row["asset"], row["role"]) for row in rows}
    assert not [row for row in again if (row["asset"], row["role"]) in taken]


def test_a_tag_that_cannot_be_is_not_suggested(bench):
    _many(bench, presses=1)
    rows = bench.client("builder").get("/api/v1/roles/suggestions?limit=2000").json()
    pairs = {(row["role"], row["key"].partition("/")[2]) for row in rows}
    assert ("pressure_setpoint", "Speed_SP") not in pairs
    assert not any(role in ("speed", "temperature", "force") and key == "note" for role, key in pairs)
    assert not any(role == "temperature" and key == "kWh" for role, key in pairs)


def _seconds(bench):
    began = time.perf_counter()
    bench.services.role_map.suggestions("factory", limit=2000)
    return time.perf_counter() - began


def test_suggesting_costs_what_the_tags_are_not_their_square(bench, monkeypatch):
    """500 tags of 10 machines: a role is compared with a tag once, not once for each machine."""
    from platform_core.services import role_suggestions

    _many(bench)
    compared = []
    name = role_suggestions._name
    monkeypatch.setattr(role_suggestions, "_name", lambda role, one: (compared.append(1), name(role, one))[1])
    bench.services.role_map.suggestions("factory", limit=2000)
    roles = len(next(kind for kind in STARTER_TYPES if kind.id == "press").roles)
    assert len(compared) <= 500 * roles
    print(f"500 tags, 10 machines: {_seconds(bench):.2f} s")


# --- preferences and the audit ------------------------------------------------------------------


def test_preferences_are_ones_own(plant):
    viewer, other = plant.client("viewer"), plant.client("operator")
    assert viewer.get("/api/v1/preferences").json()["favourites"] == []
    body = {"favourites": [{"app": "line", "page": "main", "params": {"machine": "press_1"}}],
            "units": {"temperature": "°F"}, "zone": "Asia/Shanghai", "language": "zh-CN", "theme": "dark"}  # fmt: skip
    assert viewer.put("/api/v1/preferences", json=body).status_code == 200
    assert viewer.get("/api/v1/preferences").json()["units"] == {"temperature": "°F"}
    assert other.get("/api/v1/preferences").json()["units"] == {}
    assert _codes(viewer.put("/api/v1/preferences", json={"zone": "Mars/Base"})) == [("", "preferences.zone")]
    assert viewer.put("/api/v1/preferences", json={"more": 1}).status_code == 422
    large = {"last_opened": [{"app": "a", "params": {f"p{n}": "x" * 200 for n in range(32)}} for _ in range(20)]}
    assert _codes(viewer.put("/api/v1/preferences", json=large)) == [("", "preferences.size")]


def test_the_audit_is_for_administrators_and_tells_who_did_what(plant):
    _put(plant.client("builder"), "works", level="site")
    for role in ("viewer", "operator", "builder"):
        assert plant.client(role).get("/api/v1/audit").status_code == 403
    admin = plant.client("admin")
    page = admin.get("/api/v1/audit?action=asset").json()
    assert [(row["actor"], row["resource"], row["outcome"]) for row in page["rows"]] == [
        ("token test-builder", "works", "done")
    ]
    every = admin.get("/api/v1/audit?limit=2").json()
    older = admin.get(f"/api/v1/audit?limit=2&before={every['next']}").json()
    assert [row["n"] for row in every["rows"] + older["rows"]] == sorted(
        (row["n"] for row in every["rows"] + older["rows"]), reverse=True
    )
    assert admin.get("/api/v1/audit/verify").json()["broken_at"] is None
    assert "works" not in plant.client("admin", "other").get("/api/v1/audit").text
