"""Notification messages against asyncua's own encoder: any mix of types, statuses, times and repetitions."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.drivers.opcua import notifications
from connectors.drivers.opcua.answers import results_start
from connectors.drivers.opcua.notifications import message_of_publish, message_of_republish
from connectors.drivers.opcua.told import TagReader, overflowed
from schemas.errors import ConnectError
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality, from_opcua_status

T = ua.VariantType
START = datetime(2026, 1, 2, 3, 4, 5, 678901)
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
STATUSES = [0, 0, 0, 0, 0x40000000, 0x808C0000, 0x80340000, 0x00000480]


def tag(of, **more):
    return TagConfig(name=of, address="i=1", type=of, length=20 if of == "string" else None, **more)


def items_of(pairs):
    notification = ua.DataChangeNotification()
    notification.MonitoredItems = [ua.MonitoredItemNotification(handle, value) for handle, value in pairs]
    return notification


def publish_of(*data, number=1, more=False, available=(), results=(), stamp=START):
    response = ua.PublishResponse()
    response.ResponseHeader.Timestamp = stamp
    response.Parameters.SubscriptionId = 7
    response.Parameters.AvailableSequenceNumbers = list(available)
    response.Parameters.MoreNotifications = more
    response.Parameters.NotificationMessage.SequenceNumber = number
    response.Parameters.NotificationMessage.PublishTime = stamp
    response.Parameters.NotificationMessage.NotificationData = list(data)
    response.Parameters.Results = [ua.StatusCode(one) for one in results]
    return struct_to_binary(response)


def flat(rounds):
    out = []
    for readings in rounds:
        seen = set()
        for reading in readings:
            columns = reading.columns
            for index, v, q in zip(columns.id.tolist(), columns.v.tolist(), columns.q.tolist(), strict=True):
                assert index not in seen, "a tag twice in one round"
                seen.add(index)
                out.append((index, v, q))
    return out


@st.composite
def told(draw):
    names = draw(st.lists(st.sampled_from(sorted(CASES)), min_size=1, max_size=8))
    runs = draw(st.lists(st.tuples(st.integers(0, len(names) - 1), st.integers(1, 60)), max_size=8))
    pairs = []
    for index, length in runs:
        of, strategy = CASES[names[index]]
        status, has_time = draw(st.sampled_from(STATUSES)), draw(st.booleans())
        value = draw(strategy)
        for step in range(length):
            source = START + timedelta(milliseconds=len(pairs)) if has_time else None
            odd = draw(st.integers(0, 30)) == 0  # breaks a run now and then
            pairs.append(
                (
                    index + 1,
                    ua.DataValue(
                        ua.Variant(value if step % 2 == 0 else draw(strategy), of),
                        StatusCode=ua.StatusCode(0x40000000 if odd else status),
                        SourceTimestamp=source,
                    ),
                )
            )
    return names, pairs


@settings(max_examples=150, deadline=None)
@given(told())
def test_any_mix_is_what_the_library_decodes(case):
    names, pairs = case
    body = publish_of(items_of(pairs), available=(1, 2), results=(0, 0x80340000))
    library = struct_from_binary(ua.PublishResponse, Buffer(body)).Parameters.NotificationMessage.NotificationData[0]
    message = message_of_publish(Buffer(body))
    assert (message.subscription, message.number, message.more, message.available) == (7, 1, False, (1, 2))
    (changes,) = message.changes
    assert changes.handle.tolist() == [one.ClientHandle for one in library.MonitoredItems]
    rounds = TagReader([tag(name) for name in names]).read(changes, 0, 99, 0)
    # Each tag's values in the order sent; across tags the order is of no meaning.
    got, wanted = {}, {}
    for index, v, q in flat(rounds):
        got.setdefault(index, []).append((v, q))
    for one in library.MonitoredItems:
        q = from_opcua_status(one.Value.StatusCode.value)
        of = names[one.ClientHandle - 1]
        v = one.Value.Value.Value if q < BAD_FROM else ("" if of == "string" else 0)
        wanted.setdefault(one.ClientHandle - 1, []).append((float(v) if of.startswith("float") else v, q))
    assert got == wanted


def test_odd_shapes_cost_their_own_value_only():
    pairs = [
        (1, ua.DataValue(ua.Variant([1.0, 2.0], T.Double))),
        (2, ua.DataValue(ua.Variant(None, T.Null))),
        (3, ua.DataValue(ua.Variant(ua.LocalizedText("läuft", "de"), T.LocalizedText))),
        (4, ua.DataValue(ua.Variant(5, T.Int32))),
        (5, ua.DataValue(ua.Variant(-1, T.Int32))),
        (6, ua.DataValue(ua.Variant(2**63, T.UInt64))),
        (9, ua.DataValue(ua.Variant(1.0, T.Double))),  # a handle nobody asked for
        (4, ua.DataValue(ua.Variant(6, T.Int32), SourceTimestamp=START)),
    ]
    tags = [tag("float64"), tag("float64"), tag("string"), tag("uint16", bit=1), tag("uint32"), tag("int64")]
    (changes,) = message_of_publish(Buffer(publish_of(items_of(pairs)))).changes
    rounds = TagReader(tags).read(changes, 0, 99, 0)
    assert sorted(flat(rounds[:1])) == [
        (0, 0.0, Quality.TYPE_MISMATCH), (1, 0.0, Quality.BAD), (2, "läuft", 0), (3, 0, 0),
        (4, 0, Quality.TYPE_MISMATCH), (5, 0, Quality.TYPE_MISMATCH),
    ]  # fmt: skip
    assert flat(rounds[1:]) == [(3, 1, 0)]


def test_an_overflow_and_an_end_are_seen():
    good = ua.DataValue(ua.Variant(1.0, T.Double))
    full = ua.DataValue(ua.Variant(1.0, T.Double), StatusCode=ua.StatusCode(0x00000480))
    end = ua.StatusChangeNotification(Status=ua.StatusCode(ua.StatusCodes.BadTimeout))
    message = message_of_publish(Buffer(publish_of(items_of([(1, good), (2, full)]), end, more=True)))
    assert overflowed(message.changes[0].status) == 1
    assert overflowed(np.array([0, 0x00000080, 0x00000400, 0x40000000], dtype="<u4")) == 0
    assert message.ended == ua.StatusCodes.BadTimeout
    assert message.more
    assert not message.keep_alive
    assert message_of_publish(Buffer(publish_of(number=5))).keep_alive


def test_a_damaged_message_is_told_as_such():
    whole = publish_of(items_of([(n + 1, ua.DataValue(ua.Variant(float(n), T.Double))) for n in range(40)]))
    head = len(publish_of(items_of([]))) - 12
    for length in range(head, len(whole) - 12, 7):
        with pytest.raises(ConnectError):
            message_of_publish(Buffer(whole[:length]))
    count = whole.index((40).to_bytes(4, "little"))
    with pytest.raises(ConnectError):
        message_of_publish(Buffer(whole[:count] + (2**31 - 1).to_bytes(4, "little") + whole[count + 4 :]))
    fault = ua.PublishResponse()
    fault.ResponseHeader.ServiceResult = ua.StatusCode(ua.StatusCodes.BadNoSubscription)
    with pytest.raises(ua.UaStatusCodeError):
        message_of_publish(Buffer(struct_to_binary(fault)))


def test_runs_are_found_and_not_needed(monkeypatch):
    pairs = [(n + 1, ua.DataValue(ua.Variant(float(n), T.Double), SourceTimestamp=START)) for n in range(100)]
    body = publish_of(items_of(pairs))
    (fast,) = message_of_publish(Buffer(body)).changes
    walked = []
    honest = notifications._walk
    monkeypatch.setattr(notifications, "_walk", lambda *given: walked.append(1) or honest(*given))
    message_of_publish(Buffer(body))
    assert not walked, "a run of one type is not walked"
    monkeypatch.setattr(notifications, "_RUN_MIN", 1000)
    (slow,) = message_of_publish(Buffer(body)).changes
    assert len(walked) == 100
    for name in ("handle", "of", "value_at", "text_end", "status", "source"):
        assert getattr(fast, name).tolist() == getattr(slow, name).tolist()


def micros(when):
    return round(when.replace(tzinfo=UTC).timestamp() * 1e6)


def test_a_value_has_the_time_it_was_sampled_at_in_our_clock():
    reader = TagReader([tag("float64"), tag("float64")])
    hour = 3_600_000_000
    sent = START + timedelta(hours=1)  # the server's clock is an hour ahead of ours
    arrived = micros(START)

    def read(*pairs, since=arrived - 1_000_000, at=sent):
        data = [
            (handle, ua.DataValue(ua.Variant(value, T.Double), SourceTimestamp=source))
            for handle, value, source in pairs
        ]
        (changes,) = message_of_publish(Buffer(publish_of(items_of(data), stamp=at))).changes
        rounds = reader.read(changes, since, arrived, micros(at))
        return [
            (index, ts - arrived, 0 if one.device_ts is None else one.device_ts[row] - arrived)
            for readings in rounds
            for one in readings
            for row, (index, ts) in enumerate(zip(one.columns.id.tolist(), one.columns.ts.tolist(), strict=True))
        ]

    # A first value: true since the subscription began, whenever it changed last; no device time.
    assert read((1, 1.0, sent - timedelta(days=3)), since=arrived - 10) == [(0, -10, 0)]
    # Later ones: as long ago as they waited at the server; the device's time is its own, an hour ahead.
    early, late = sent - timedelta(milliseconds=300), sent - timedelta(milliseconds=100)
    assert read((1, 2.0, early), (1, 3.0, late)) == [(0, -300_000, hour - 300_000), (0, -100_000, hour - 100_000)]
    # Told again, unchanged: true now.
    assert read((1, 3.0, late)) == [(0, 0, 0)]
    # Never before the last message nor after this one, whatever the source's clock says.
    assert read((1, 4.0, sent + timedelta(days=1)))[0][:2] == (0, 0)
    assert read((2, 4.0, sent - timedelta(days=1)), (2, 5.0, sent - timedelta(hours=9)))[1][:2] == (1, -1_000_000)
    reader.forget()
    assert read((1, 5.0, sent - timedelta(days=1)), since=arrived - 5) == [(0, -5, 0)]


def test_an_answer_to_another_question_is_no_value():
    read = ua.ReadResponse()
    read.Results = [ua.DataValue(ua.Variant(1.0, T.Double))]
    publish = publish_of(items_of([(1, ua.DataValue(ua.Variant(1.0, T.Double)))]))
    with pytest.raises(ConnectError, match="answered with"):
        message_of_publish(Buffer(struct_to_binary(read)))
    with pytest.raises(ConnectError, match="answered with"):
        message_of_republish(Buffer(publish), 7)
    with pytest.raises(ConnectError, match="answered with"):
        results_start(Buffer(publish))


WHOLE = publish_of(
    items_of(
        [(1, ua.DataValue(ua.Variant(float(n), T.Double), SourceTimestamp=START)) for n in range(30)]
        + [(2, ua.DataValue(ua.Variant(f"text {n}", T.String))) for n in range(5)]
        + [(3, ua.DataValue(ua.Variant([1, 2, n], T.Int16), StatusCode=ua.StatusCode(0x40000000))) for n in range(5)]
    ),
    available=(1, 2, 3),
    results=(0, 0),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6), st.data())
def test_damaged_bytes_are_refused_or_read_and_nothing_else_happens(damage, data):
    body = bytearray(WHOLE)
    for place, value in damage:
        body[place] = value
    length = data.draw(st.sampled_from([len(body), len(body), len(body) - 40, 60]))
    reader = TagReader([tag("float64"), tag("string"), tag("int16")])
    try:
        message = message_of_publish(Buffer(bytes(body[:length])))
    except (ConnectError, ua.UaError):
        return
    for changes in message.changes:
        reader.read(changes, 0, 99, message.server_now)
