"""value = f(tag, tick): the rule, its registers, and the way back from a tag's key."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BLOCK_STRIDE",
    "TAGS_PER_BLOCK",
    "TAG_STRIDE",
    "block_registers",
    "connection_id",
    "expected",
    "expected_array",
    "register_of",
    "registers",
    "tag_name",
    "tag_number",
    "tick_name",
]

TAG_STRIDE: Final = 100_000
TAGS_PER_BLOCK: Final = 82  # 41 pairs of a float32 and an int16, after the tick: 125 registers
BLOCK_STRIDE: Final = 128  # blocks lie apart, so that each is one request
_PAIRS: Final = TAGS_PER_BLOCK // 2
_FLOAT_MODULUS: Final = 2**20
_KEY = re.compile(r"dev_(\d+)/t(\d+)")


def connection_id(device: int) -> str:
    """Id of the agent's connection to a device (from 0)."""
    return f"dev_{device:04}"


def tag_name(tag: int) -> str:
    """Name of a tag (from 0) within its device."""
    return f"t{tag:05}"


def tick_name(block: int) -> str:
    """Name of the tag with the tick of a block (from 0)."""
    return "tick" if block == 0 else f"tick_{block + 1}"


def tag_number(key: str) -> int:
    """Number of the tag with key ``dev_0003/t00042``, for :func:`expected`. Raises ValueError for other keys."""
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"{key!r} is not a tag of a tick device")
    return int(found.group(1)) * TAG_STRIDE + int(found.group(2))


def expected(tag: int, tick: int) -> float | int:
    """Value of tag number ``tag`` at ``tick``: a float32 (exactly) when even, an int16 when odd.

    It differs from the value a tick before and after, and from its neighbours'.
    """
    if tag % 2 == 0:
        return ((tag * 31 + tick * 7) % _FLOAT_MODULUS) / 16
    return (tag * 17 + tick * 3) % 65536 - 32768


def expected_array(tags: NDArray[np.int64], tick: int | NDArray[np.int64]) -> NDArray[np.float64]:
    """:func:`expected` for many tags; ``tick`` is one for all or one each."""
    even = ((tags * 31 + tick * 7) % _FLOAT_MODULUS) / 16
    odd = (tags * 17 + tick * 3) % 65536 - 32768
    return np.where(tags % 2 == 0, even, odd)


def register_of(tag: int) -> int:
    """First register of tag ``tag`` (from 0) of a device."""
    block, place = divmod(tag, TAGS_PER_BLOCK)
    return block * BLOCK_STRIDE + 2 + place // 2 * 3 + place % 2 * 2


def block_registers(tags: int) -> list[int]:
    """Registers in use of each block, for a device of ``tags`` tags."""
    sizes = []
    for first in range(0, tags, TAGS_PER_BLOCK):
        count = min(TAGS_PER_BLOCK, tags - first)
        sizes.append(2 + count // 2 * 3 + count % 2 * 2)
    return sizes


def registers(device: int, tags: int, tick: int) -> bytes:
    """All registers of a device at ``tick``, big-endian, BLOCK_STRIDE per block."""
    blocks = (tags + TAGS_PER_BLOCK - 1) // TAGS_PER_BLOCK
    numbers = np.arange(blocks * TAGS_PER_BLOCK, dtype=np.int64).reshape(blocks, _PAIRS, 2) + device * TAG_STRIDE
    image = np.zeros((blocks, BLOCK_STRIDE), ">u2")
    image[:, 0], image[:, 1] = tick >> 16 & 0xFFFF, tick & 0xFFFF
    pairs = np.empty((blocks, _PAIRS, 3), ">u2")
    floats = (((numbers[:, :, 0] * 31 + tick * 7) % _FLOAT_MODULUS) / 16).astype(">f4")
    pairs[:, :, :2] = floats.view(">u2").reshape(blocks, _PAIRS, 2)
    # Adding 32768 modulo 65536 is the two's complement of "minus 32768".
    pairs[:, :, 2] = (numbers[:, :, 1] * 17 + tick * 3 + 32768) % 65536
    image[:, 2 : 2 + _PAIRS * 3] = pairs.reshape(blocks, _PAIRS * 3)
    return image.tobytes()
