"""The payload of Sparkplug B for the official protobuf library, put together from field numbers: shares nothing with
the product's own codec, and stands for it in tests."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_F = descriptor_pb2.FieldDescriptorProto
_SINGLE = {
    "int_value": _F.TYPE_UINT32, "long_value": _F.TYPE_UINT64, "float_value": _F.TYPE_FLOAT,
    "double_value": _F.TYPE_DOUBLE, "boolean_value": _F.TYPE_BOOL, "string_value": _F.TYPE_STRING,
}  # fmt: skip


def _add(message: Any, name: str, number: int, kind: Any, *, many: bool = False, of: str = "", oneof: bool = False):
    field = message.field.add(name=name, number=number, type=kind)
    field.label = _F.LABEL_REPEATED if many else _F.LABEL_OPTIONAL
    if of:
        field.type_name = f".sparkplug.{of}"
    if oneof:
        field.oneof_index = 0


def _values(message: Any, first: int) -> None:
    message.oneof_decl.add(name="value")
    for at, (name, kind) in enumerate(_SINGLE.items()):
        _add(message, name, first + at, kind, oneof=True)


def _file() -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug_of_tests.proto", package="sparkplug", syntax="proto2")
    value = file.message_type.add(name="PropertyValue")
    _add(value, "type", 1, _F.TYPE_UINT32)
    _add(value, "is_null", 2, _F.TYPE_BOOL)
    _values(value, 3)
    _add(value, "propertyset_value", 9, _F.TYPE_MESSAGE, of="PropertySet", oneof=True)
    properties = file.message_type.add(name="PropertySet")
    _add(properties, "keys", 1, _F.TYPE_STRING, many=True)
    _add(properties, "values", 2, _F.TYPE_MESSAGE, many=True, of="PropertyValue")
    data_set = file.message_type.add(name="DataSet")
    _add(data_set, "num_of_columns", 1, _F.TYPE_UINT64)
    _add(data_set, "columns", 2, _F.TYPE_STRING, many=True)
    _add(data_set, "types", 3, _F.TYPE_UINT32, many=True)
    template = file.message_type.add(name="Template")
    _add(template, "version", 1, _F.TYPE_STRING)
    _add(template, "metrics", 2, _F.TYPE_MESSAGE, many=True, of="Metric")
    _add(template, "template_ref", 4, _F.TYPE_STRING)
    _add(template, "is_definition", 5, _F.TYPE_BOOL)
    metric = file.message_type.add(name="Metric")
    for number, (name, kind) in enumerate(
        (
            ("name", _F.TYPE_STRING), ("alias", _F.TYPE_UINT64), ("timestamp", _F.TYPE_UINT64),
            ("datatype", _F.TYPE_UINT32), ("is_historical", _F.TYPE_BOOL), ("is_transient", _F.TYPE_BOOL),
            ("is_null", _F.TYPE_BOOL),
        ),
        start=1,
    ):  # fmt: skip
        _add(metric, name, number, kind)
    _add(metric, "properties", 9, _F.TYPE_MESSAGE, of="PropertySet")
    _values(metric, 10)
    _add(metric, "bytes_value", 16, _F.TYPE_BYTES, oneof=True)
    _add(metric, "dataset_value", 17, _F.TYPE_MESSAGE, of="DataSet", oneof=True)
    _add(metric, "template_value", 18, _F.TYPE_MESSAGE, of="Template", oneof=True)
    payload = file.message_type.add(name="Payload")
    _add(payload, "timestamp", 1, _F.TYPE_UINT64)
    _add(payload, "metrics", 2, _F.TYPE_MESSAGE, many=True, of="Metric")
    _add(payload, "seq", 3, _F.TYPE_UINT64)
    _add(payload, "uuid", 4, _F.TYPE_STRING)
    _add(payload, "body", 5, _F.TYPE_BYTES)
    return file


_POOL = descriptor_pool.DescriptorPool()
_POOL.Add(_file())
Payload: Any = message_factory.GetMessageClass(_POOL.FindMessageTypeByName("sparkplug.Payload"))


def read(data: bytes) -> Any:
    """A payload, read by the official library; raises its DecodeError."""
    payload = Payload()
    payload.ParseFromString(data)
    return payload


def value_of(metric: Any) -> Any:
    """The value as it stands in the message (integers unsigned), None for null."""
    name = metric.WhichOneof("value")
    return None if name is None or metric.is_null else getattr(metric, name)


def properties_of(metric: Any) -> dict[str, Any]:
    """Properties by name."""
    found = zip(metric.properties.keys, metric.properties.values, strict=True)
    return {key: value_of_property(value) for key, value in found}


def value_of_property(value: Any) -> Any:
    """A property's value, None for null."""
    name = value.WhichOneof("value")
    return None if name is None else getattr(value, name)
