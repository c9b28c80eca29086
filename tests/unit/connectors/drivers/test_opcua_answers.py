"""Read answers against asyncua's own encoder: any mix of types, statuses and times."""

from datetime import UTC, datetime, timedelta

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.drivers.opcua.answers import AnswerReader, results_start
from schemas.errors import ConnectError
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality, from_opcua_status

T = ua.VariantType
START = datetime(2026, 1, 2, 3, 4, 5, 678901)


def body_of(values):
    response = ua.ReadResponse()
    response.Results = list(values)
    data = struct_to_binary(response)
    return data, results_start(Buffer(data))


def tag(of, **more):
    return TagConfig(name=of, address="i=1", type=of, length=20 if of == "string" else None, **more)


def read(reader, values, tags):
    body, start = body_of(values)
    out = {}
    for columns, times in reader.read(body, start, 99):
        rows = zip(columns.id.tolist(), columns.v.tolist(), columns.q.tolist(), times.tolist(), strict=True)
        for index, *row in rows:
            assert index not in out
            out[index] = tuple(row)
    assert len(out) == len(tags)
    return out


def fresh(values, tags):
    return read(AnswerReader(tags, range(len(tags))), values, tags)


CASES = {
    "bool": (T.Boolean, st.booleans()),
    "int16": (T.Int16, st.integers(-(2**15), 2**15 - 1)),
    "uint32": (T.UInt32, st.integers(0, 2**32 - 1)),
    "int64": (T.Int64, st.integers(-(2**63), 2**63 - 1)),
    "uint64": (T.UInt64, st.integers(0, 2**64 - 1)),
    "float32": (T.Float, st.floats(width=32, allow_nan=False)),
    "float64": (T.Double, st.floats(allow_nan=False)),
    "string": (T.String, st.text(st.characters(categories=["L", "N"]), max_size=12)),
}
STATUSES = [0, 0, 0, 0x40000000, 0x808C0000, 0x80340000, 0x803A0000]


@st.composite
def answers(draw):
    names = draw(st.lists(st.sampled_from(sorted(CASES)), min_size=1, max_size=30))

    def one():
        values = []
        for name in names:
            of, strategy = CASES[name]
            status, has_time = draw(st.sampled_from(STATUSES)), draw(st.booleans())
            values.append(
                ua.DataValue(
                    ua.Variant(draw(strategy), of),
                    StatusCode=ua.StatusCode(status),
                    SourceTimestamp=START + timedelta(microseconds=draw(st.integers(0, 10**9))) if has_time else None,
                )
            )
        return values

    return names, [one() for _ in range(draw(st.integers(1, 3)))]


@settings(max_examples=150, deadline=None)
@given(answers())
def test_any_answer_is_read_as_it_was_written(case):
    names, cycles = case
    tags = [tag(name) for name in names]
    reader = AnswerReader(tags, range(len(tags)))
    for values in cycles:
        got = read(reader, values, tags)
        for index, value in enumerate(values):
            v, q, time_us = got[index]
            assert q == from_opcua_status(value.StatusCode.value)
            wanted = ("" if names[index] == "string" else 0) if q >= BAD_FROM else value.Value.Value
            assert v == wanted
            stamp = value.SourceTimestamp
            assert time_us == (0 if stamp is None else round(stamp.replace(tzinfo=UTC).timestamp() * 1e6))


def test_answers_of_the_same_shape_are_walked_once():
    tags = [tag("float64"), tag("int16"), tag("bool")]
    reader = AnswerReader(tags, range(3))
    for number in range(50):
        values = [
            ua.DataValue(ua.Variant(number * 1.5, T.Double), SourceTimestamp=START),
            ua.DataValue(ua.Variant(number, T.Int16), SourceTimestamp=START),
            ua.DataValue(ua.Variant(number % 2 == 0, T.Boolean), SourceTimestamp=START),
        ]
        got = read(reader, values, tags)
        assert [got[i][0] for i in range(3)] == [number * 1.5, number, number % 2 == 0]
    assert reader.walks == 1


def test_a_changed_status_of_the_same_length_is_seen():
    # Negative control of the shape check: same length and types, another status.
    tags = [tag("float64")]
    reader = AnswerReader(tags, range(1))
    for status, quality in ((0x40000000, Quality.UNCERTAIN), (0x808C0000, Quality.SENSOR)):
        value = ua.DataValue(ua.Variant(1.0, T.Double), StatusCode=ua.StatusCode(status))
        assert read(reader, [value], tags)[0][1] == quality


@pytest.mark.parametrize(
    ("of", "variant", "value", "quality"),
    [
        ("float32", ua.Variant(7, T.Int32), 7.0, 0),
        ("int16", ua.Variant(7, T.Int32), 7, 0),
        ("uint16", ua.Variant(-1, T.Int32), 0, Quality.TYPE_MISMATCH),
        ("int64", ua.Variant(2**63, T.UInt64), 0, Quality.TYPE_MISMATCH),
        ("int16", ua.Variant(1.0, T.Double), 0, Quality.TYPE_MISMATCH),
        ("bool", ua.Variant(3, T.Byte), 1, 0),
        ("bool", ua.Variant("x", T.String), 0, Quality.TYPE_MISMATCH),
        ("string", ua.Variant(3, T.Byte), "", Quality.TYPE_MISMATCH),
        ("string", ua.Variant(ua.LocalizedText("hallo", "de"), T.LocalizedText), "hallo", 0),
        ("string", ua.Variant(ua.LocalizedText("hallo"), T.LocalizedText), "hallo", 0),
        ("string", ua.Variant("a\x1bb\n", T.String), "a b", 0),
        ("float32", ua.Variant([1.0, 2.0], T.Float), 0, Quality.TYPE_MISMATCH),
        ("float32", ua.Variant(ua.Range(1, 2), T.ExtensionObject), 0, Quality.TYPE_MISMATCH),
        ("float32", ua.Variant(ua.QualifiedName("x", 1), T.QualifiedName), 0, Quality.TYPE_MISMATCH),
        ("float32", ua.Variant(None, T.Null), 0, Quality.BAD),
        ("int64", ua.Variant(datetime(1970, 1, 1, 0, 0, 1), T.DateTime), 1_000_000, 0),
    ],
)
def test_types_that_differ_from_the_tag(of, variant, value, quality):
    tags = [tag(of), tag("int16")]
    got = fresh([ua.DataValue(variant), ua.DataValue(ua.Variant(5, T.Int16))], tags)
    assert got[0][:2] == (value, quality)
    assert got[1][:2] == (5, 0), "what follows it is found all the same"


def test_a_bit_of_an_integer():
    tags = [tag("uint16", bit=3), tag("uint16", bit=2)]
    value = ua.DataValue(ua.Variant(8, T.UInt16))
    assert [row[0] for _, row in sorted(fresh([value, value], tags).items())] == [1, 0]


def test_answers_that_are_cut_or_count_wrong_are_a_lost_link():
    values = [ua.DataValue(ua.Variant(1.0, T.Double)), ua.DataValue(ua.Variant("text", T.String))]
    tags = [tag("float64"), tag("string")]
    body, start = body_of(values)
    for end in range(start, len(body) - 4):
        with pytest.raises(ConnectError):
            AnswerReader(tags, range(2)).read(body[:end], start, 0)
    with pytest.raises(ConnectError):
        AnswerReader(tags[:1], range(1)).read(body, start, 0)


@given(st.binary(max_size=80))
def test_no_bytes_of_a_server_make_anything_but_a_value_or_a_lost_link(noise):
    tags = [tag("float64"), tag("string"), tag("bool")]
    try:
        columns = AnswerReader(tags, range(3)).read(b"\3\0\0\0" + noise, 0, 0)
    except ConnectError:
        return
    assert sum(len(column) for column, _ in columns) == 3


def test_an_array_beside_values_is_walked_each_time():
    tags = [tag("float64"), tag("int16")]
    reader = AnswerReader(tags, range(2))
    for number in range(3):
        values = [
            ua.DataValue(ua.Variant([1.0, 2.0], T.Double)),
            ua.DataValue(ua.Variant(number, T.Int16)),
        ]
        assert read(reader, values, tags)[1][:2] == (number, 0)
    assert reader.walks == 3
