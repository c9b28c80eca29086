"""Tags, latest values and history by HTTP, against the real store."""

import pytest

from .conftest import MINUTE


def test_tags_are_found_by_words_and_paged(plant):
    client = plant.client("viewer")
    everything = client.get("/api/v1/tags").json()
    assert [tag["key"] for tag in everything["tags"]] == ["press_1/count", "press_1/state", "press_1/temperature"]
    found = client.get("/api/v1/tags", params={"search": "PRESS temp"}).json()["tags"]
    assert [tag["key"] for tag in found] == ["press_1/temperature"]
    assert found[0]["meta"]["unit"] == "°C"
    assert found[0]["meta"]["address"] == "holding:0"
    assert (found[0]["asset"], found[0]["role"]) == ("press_1", "temperature")
    assert client.get("/api/v1/tags", params={"search": "%"}).json()["tags"] == []
    keys, after = [], None
    while True:
        params = {"limit": 1} | ({"after": after} if after else {})
        page = client.get("/api/v1/tags", params=params).json()
        keys += [tag["key"] for tag in page["tags"]]
        after = page["next"]
        if after is None:
            break
    assert keys == [tag["key"] for tag in everything["tags"]]


def test_tags_by_their_ids_in_the_order_asked(plant):
    client = plant.client("viewer")
    asked = [plant.ids[2], plant.foreign[0], 4_000_000_000, plant.ids[0], plant.ids[2]]
    page = client.get("/api/v1/tags", params={"ids": ",".join(map(str, asked))}).json()
    assert [tag["id"] for tag in page["tags"]] == [plant.ids[2], plant.ids[0]]
    assert page["next"] is None
    most = ",".join(str(number) for number in range(1, 201))
    assert client.get("/api/v1/tags", params={"ids": most}).status_code == 200
    for wrong in (most + ",201", "", "1,", "1,x", "-1", "1;2"):
        assert client.get("/api/v1/tags", params={"ids": wrong}).status_code == 422, wrong


def test_latest_values_come_in_the_order_asked(plant):
    asked = [plant.ids[2], plant.ids[0], 4_000_000_000, plant.ids[1], plant.ids[0]]
    answer = plant.client("viewer").post("/api/v1/values/latest", json={"ids": asked}).json()
    assert [value["id"] for value in answer["values"]] == [plant.ids[2], plant.ids[0], plant.ids[1]]
    assert [value["v"] for value in answer["values"]] == ["factory stops", 20.0 + 299 % 60, str(2**60 + 299)]
    assert {value["fresh"] for value in answer["values"]} == {2}  # no agent is heard


def _history(plant, ids, **more):
    body = {"ids": ids, "from": plant.t, "to": plant.t + 5 * MINUTE, **more}
    answer = plant.client("viewer").post("/api/v1/values/history", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_few_samples_come_as_they_are(plant):
    (series,) = _history(plant, plant.ids[:1], points=1000)["series"]
    assert series["reduced"] is False
    assert series["t"] == [plant.t + n * 1_000_000 for n in range(300)]
    assert series["v"] == [20.0 + n % 60 for n in range(300)]
    stats = series["stats"]
    assert (stats["n"], stats["min"], stats["max"]) == (300, 20.0, 79.0)
    assert stats["mean"] == pytest.approx(49.5)
    assert (stats["first_t"], stats["last_t"]) == (plant.t, plant.t + 299_000_000)


def test_many_samples_are_reduced_and_keep_their_extremes(plant):
    plant.put("factory", plant.ids[0], "f", [plant.t + 100_500_000], [9999.0])
    (series,) = _history(plant, plant.ids[:1], points=20)["series"]
    assert series["reduced"] is True
    assert len(series["t"]) <= 2 * 21
    assert max(series["v"]) == 9999.0
    assert series["t"][series["v"].index(9999.0)] == plant.t + 100_500_000
    assert series["t"] == sorted(series["t"])
    assert (series["stats"]["n"], series["stats"]["min"], series["stats"]["max"]) == (301, 20.0, 9999.0)


def test_the_value_before_the_range_comes_first(plant):
    for points in (1000, 10):
        body = {"from": plant.t + 60_500_000, "points": points}
        (series,) = _history(plant, plant.ids[:1], **body)["series"]
        assert series["t"][0] == plant.t + 60_000_000
        assert series["t"][1] > plant.t + 60_500_000
        assert series["stats"]["first_t"] > plant.t + 60_500_000


def test_the_mean_weighs_time_not_samples(plant):
    tag = plant.ids[0]
    later = plant.t + 20 * MINUTE
    plant.put("factory", tag, "f", [later, later + 9 * MINUTE], [10.0, 110.0])
    for points in (1000, 5):
        answer = plant.client("viewer").post(
            "/api/v1/values/history",
            json={"ids": [tag], "from": later, "to": later + 10 * MINUTE, "points": points},
        )
        assert answer.json()["series"][0]["stats"]["mean"] == pytest.approx(20.0)


def test_bad_samples_are_null_in_both_forms(plant):
    tag = plant.ids[0]
    later = plant.t + 30 * MINUTE
    times = [later + n * 1_000_000 for n in range(600)]
    quality = [129 if 200 <= n < 400 else 0 for n in range(600)]
    plant.put("factory", tag, "f", times, [0.0 if q else 5.0 for q in quality], quality)
    for points, reduced in ((1000, False), (30, True)):
        body = {"ids": [tag], "from": later, "to": later + 10 * MINUTE, "points": points}
        (series,) = plant.client("viewer").post("/api/v1/values/history", json=body).json()["series"]
        assert series["reduced"] is reduced
        dead = [t for t, v in zip(series["t"], series["v"], strict=True) if v is None]
        assert dead
        assert min(dead) >= later + 200_000_000
        assert max(dead) < later + 400_000_000
        assert all(q >= 128 for q, v in zip(series["q"], series["v"], strict=True) if v is None)
        assert series["stats"]["min"] == 5.0


def test_large_integers_travel_as_text_and_text_is_text(plant):
    series = _history(plant, plant.ids[1:], points=1000)["series"]
    assert series[0]["v"][0] == str(2**60)
    assert series[0]["stats"]["max"] == str(2**60 + 299)
    assert series[1]["v"] == ["factory runs", "factory stops"]
    assert series[1]["stats"]["min"] is None


def test_gaps_in_the_range_are_told(plant):
    client = plant.client("viewer")
    body = {"ids": plant.ids[:1], "from": 10 * MINUTE, "to": 12 * MINUTE}
    (gap,) = client.post("/api/v1/values/history", json=body).json()["gaps"]
    assert gap == {
        "edge": "line_1",
        "connection": "press_1",
        "kind": "not_sampled",
        "reason": "factory was away",
        "from": 10 * MINUTE,
        "to": 11 * MINUTE,
        "n": 7,
        "count_of": "points",
    }
    body["from"] = 11 * MINUTE  # its end is not part of it
    assert client.post("/api/v1/values/history", json=body).json()["gaps"] == []


def test_raw_gives_every_sample(plant):
    (series,) = _history(plant, plant.ids[:1], raw=True, points=1)["series"]
    assert len(series["t"]) == 300
    assert series["truncated"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"ids": []},
        {"ids": [1], "from": 5, "to": 5},
        {"ids": [1], "from": 5, "to": 4},
        {"ids": [0]},
        {"ids": [2**32]},
        {"ids": ["x"]},
        {"ids": [1] * 201},
        {"ids": [1], "points": 0},
        {"ids": [1], "points": 20_001},
        {"ids": list(range(1, 101)), "points": 20_000},
        {"ids": [1], "from": 2**60},
        {"ids": [1], "more": 1},
    ],
)
def test_impossible_questions_are_422_with_their_problems(plant, body):
    answer = plant.client("viewer").post("/api/v1/values/history", json={"from": 0, "to": 10, **body})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]


def test_all_problems_come_at_once(plant):
    answer = plant.client("viewer").post("/api/v1/values/history", json={"ids": "x", "from": "y", "more": 1})
    paths = {error["path"] for error in answer.json()["errors"]}
    assert {"/ids", "/from", "/to", "/more"} <= paths


def test_the_future_weighs_nothing(plant):
    tag = plant.ids[0]
    start = plant.t + 40 * MINUTE
    plant.put("factory", tag, "f", [start, start + 10 * MINUTE], [10.0, 30.0])
    century = 100 * 365 * 24 * 60 * MINUTE
    body = {"ids": [tag], "from": start, "to": start + century}
    client = plant.client("viewer")
    for points in (10, 1000):
        (series,) = client.post("/api/v1/values/history", json={**body, "points": points}).json()["series"]
        assert series["stats"]["n"] == 2
        assert 19.0 < series["stats"]["mean"] < 22.0
    body |= {"from": start + century, "to": start + 2 * century}
    (series,) = client.post("/api/v1/values/history", json=body).json()["series"]
    assert series["stats"]["n"] == 0


def test_all_of_time_can_be_asked_for(plant):
    body = {"ids": plant.ids, "from": 0, "to": 4_102_444_800_000_000, "points": 10}
    answer = plant.client("viewer").post("/api/v1/values/history", json=body).json()
    assert [series["stats"]["n"] for series in answer["series"]] == [300, 300, 2]
    assert [gap["n"] for gap in answer["gaps"]] == [7]
