"""Where the columns of a row lie: blocks that each begin with the row's number and recorded time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connectors.peers.registers import register_count
from connectors.peers.replay.column_types import ColumnType
from connectors.peers.replay.recording import Column, Recording
from schemas.errors import ConfigError

__all__ = ["BLOCK_STRIDE", "Block", "Field", "RowEncoder", "modbus_blocks", "opcua_blocks"]

BLOCK_REGISTERS_MAX = 125
BLOCK_STRIDE = 200  # blocks lie apart, so that no planner joins two of them into one request
HEAD_REGISTERS = 6  # row number u32, recorded time i64
BLOCKS_MAX = 64
OPCUA_FIELDS_MAX = 98  # with number and time 100 nodes: requests of 1,000 nodes do not cut a group
STRING_BYTES_MAX = 200
_FLOAT32_MAX = float(np.finfo(np.float32).max)
_INT32 = np.iinfo(np.int32)
_NUMPY = {"bool": ">u2", "int32": ">i4", "int64": ">i8", "float32": ">f4", "float64": ">f8"}


@dataclass(frozen=True)
class Field:
    """One column as served: its type in the device and, over Modbus, its registers."""

    column: Column
    type: str
    address: int = 0
    length: int = 0


@dataclass(frozen=True)
class Block:
    """Columns that are read together. ``address`` is its first register; names end in ``_2`` from the second on."""

    index: int
    fields: tuple[Field, ...]
    address: int = 0
    registers: int = 0

    @property
    def row_tag(self) -> str:
        """Name of the tag with the row number."""
        return "row_number" if self.index == 0 else f"row_number_{self.index + 1}"

    @property
    def time_tag(self) -> str:
        """Name of the tag with the recorded time."""
        return "recorded_time" if self.index == 0 else f"recorded_time_{self.index + 1}"


def modbus_blocks(columns: Sequence[Column], *, float64: bool) -> list[Block]:
    """Lay columns out in blocks of at most 125 registers. Raises ConfigError when there are too many."""
    blocks: list[Block] = []
    fields: list[Field] = []
    used = HEAD_REGISTERS

    def close() -> None:
        blocks.append(Block(len(blocks), tuple(fields), len(blocks) * BLOCK_STRIDE, used))
        fields.clear()

    for column in columns:
        kind, length = _modbus_type(column, float64)
        size = register_count(kind, length)
        if used + size > BLOCK_REGISTERS_MAX:
            close()
            used = HEAD_REGISTERS
        fields.append(Field(column, kind, len(blocks) * BLOCK_STRIDE + used, length))
        used += size
    close()
    if len(blocks) > BLOCKS_MAX:
        raise ConfigError(
            "replay.wide", f"{len(columns)} columns need {len(blocks)} blocks; {BLOCKS_MAX} is the most",
            hint="serve fewer columns, or use --protocol opcua",
        )  # fmt: skip
    return blocks


def opcua_blocks(columns: Sequence[Column]) -> list[Block]:
    """The same for OPC UA: groups of at most 100 variables, number and time counted, in wide types."""
    kinds = {ColumnType.BOOL: "bool", ColumnType.INT: "int64", ColumnType.FLOAT: "float64"}
    fields = [Field(column, kinds.get(column.type, "string"), length=_text_length(column)) for column in columns]
    parts = [tuple(fields[at : at + OPCUA_FIELDS_MAX]) for at in range(0, len(fields), OPCUA_FIELDS_MAX)]
    if len(parts) > BLOCKS_MAX:
        raise ConfigError("replay.wide", f"{len(columns)} columns; {BLOCKS_MAX * OPCUA_FIELDS_MAX} is the most")
    return [Block(index, part) for index, part in enumerate(parts)]


class RowEncoder:
    """Registers of any row of a recording, encoded by one structured numpy type per block."""

    def __init__(self, recording: Recording, blocks: Sequence[Block]) -> None:
        self._blocks = [(block, self._table(recording, block)) for block in blocks]
        self._rows = len(recording)

    def registers(self, row: int) -> Iterable[tuple[Block, list[int]]]:
        """Blocks and registers of row ``row`` (from 1; rows beyond the recording repeat it)."""
        for block, table in self._blocks:
            record = table[(row - 1) % self._rows : (row - 1) % self._rows + 1].copy()
            record["row"] = row
            yield block, np.frombuffer(record.tobytes(), ">u2").tolist()

    @staticmethod
    def _table(recording: Recording, block: Block) -> NDArray[np.void]:
        names = [f"c{index}" for index in range(len(block.fields))]
        forms = [_NUMPY.get(field.type, f"S{field.length + field.length % 2}") for field in block.fields]
        layout = [("row", ">u4"), ("time", ">i8"), *zip(names, forms, strict=True)]
        table = np.zeros(len(recording), dtype=np.dtype(layout))
        if recording.time_us is not None:
            table["time"] = recording.time_us
        for name, field in zip(names, block.fields, strict=True):
            values = field.column.values
            if field.type == "string":
                values = np.array([_cut(text, field.length) for text in values], dtype=f"S{max(1, field.length)}")
            table[name] = values
        return table


def _modbus_type(column: Column, float64: bool) -> tuple[str, int]:
    if column.type is ColumnType.STRING:
        return "string", _text_length(column)
    if column.type is ColumnType.BOOL:
        return "bool", 0
    if column.type is ColumnType.INT:
        low, high = int(column.values.min()), int(column.values.max())
        return ("int32" if _INT32.min <= low and high <= _INT32.max else "int64"), 0
    finite = column.values[np.isfinite(column.values)]
    wide = finite.size > 0 and float(np.abs(finite).max()) > _FLOAT32_MAX
    return ("float64" if float64 or wide else "float32"), 0


def _text_length(column: Column) -> int:
    if column.type is not ColumnType.STRING:
        return 0
    longest = max(len(str(text).encode("utf-8")) for text in column.values)
    return min(max(2, longest + longest % 2), STRING_BYTES_MAX)


def _cut(text: str, length: int) -> bytes:
    return text.encode("utf-8")[:length].decode("utf-8", errors="ignore").encode("utf-8")
