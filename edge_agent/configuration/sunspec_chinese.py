"""What the points of SunSpec models are called in Chinese; the terms are those of GB/T meters and inverters."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["in_chinese"]

_TERMS: Final = {
    "AC current": "交流电流", "AC power": "交流功率", "Another temperature": "其他温度",
    "Apparent energy exported": "反向视在电能", "Apparent energy imported": "正向视在电能",
    "Apparent power": "视在功率", "Current": "电流", "DC current": "直流电流", "DC power": "直流功率",
    "DC voltage": "直流电压", "Energy": "电能", "Energy exported": "反向有功电能", "Energy imported": "正向有功电能",
    "Events": "事件", "Events 2": "事件 2", "Events of the maker 1": "厂家事件 1",
    "Events of the maker 2": "厂家事件 2",
    "Events of the maker 3": "厂家事件 3", "Events of the maker 4": "厂家事件 4", "Frequency": "频率",
    "Manufacturer": "制造商", "Modbus address": "Modbus 地址", "Model": "型号", "Operating state": "运行状态",
    "Operating state of the maker": "厂家运行状态", "Options": "选项", "Power": "功率", "Power factor": "功率因数",
    "Reactive energy exported, Q3": "反向无功电能（第三象限）",
    "Reactive energy exported, Q4": "反向无功电能（第四象限）",
    "Reactive energy imported, Q1": "正向无功电能（第一象限）",
    "Reactive energy imported, Q2": "正向无功电能（第二象限）",
    "Reactive power": "无功功率", "Serial number": "序列号", "Temperature of the cabinet": "机柜温度",
    "Temperature of the heat sink": "散热器温度", "Temperature of the transformer": "变压器温度", "Version": "版本",
    "Voltage": "电压", "Voltage A to B": "AB 线电压", "Voltage B to C": "BC 线电压", "Voltage C to A": "CA 线电压",
    "Voltage between phases": "线电压", "Voltage to neutral": "相电压",
    "Off": "关机", "Sleeping": "休眠", "Starting": "启动中", "MPPT": "最大功率跟踪", "Throttled": "限功率",
    "Shutting down": "关机中", "Fault": "故障", "Standby": "待机",
}  # fmt: skip
_OF_PHASE: Final = re.compile(r"(.+) of phase ([ABC])\Z")
_OF_SEVERAL: Final = re.compile(r"(.+), (average|A|B|C|AB|BC|CA)\Z")
_FACTOR: Final = re.compile(r"Power of ten of (.+)\Z")


def in_chinese(meaning: str) -> str:
    """The meaning of a point, or a text of its values, in Chinese; empty where there is no word for it."""
    if meaning in _TERMS:
        return _TERMS[meaning]
    if found := _FACTOR.match(meaning):
        return f"{found[1]} 的十的幂次"
    if found := _OF_PHASE.match(meaning):
        term = in_chinese(found[1])
        return f"{found[2]} 相{term}" if term else ""
    if found := _OF_SEVERAL.match(meaning):
        term = _TERMS.get(found[1], "")
        which = {"average": "平均"}.get(found[2], f"{found[2]} 相" if len(found[2]) == 1 else f"{found[2]} ")
        return f"{which}{term}" if term else ""
    return ""
