"""The line's descriptions and value texts in Chinese (zh-CN), by the English ones' keys."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.peers.stamping_line.codes import CAUSE_TEXTS, MODE_TEXTS, STATE_TEXTS

__all__ = ["DESCRIPTIONS", "LANGUAGE", "LINE_NAME", "machine_name", "texts_of"]

LANGUAGE = "zh-CN"
LINE_NAME = "冲压线"

_STATES = {0: "关机", 1: "空闲", 2: "运行", 3: "停止", 4: "故障", 5: "换模调试"}
_MODES = {0: "无", 1: "维护", 2: "调试", 3: "生产"}
_CAUSES = {
    0: "—", 1: "缺料", 2: "无操作员", 3: "质量检查", 4: "料箱已满", 5: "换模",
    6: "无订单", 7: "休息", 10: "送料不良", 11: "过载", 12: "液压压力低",
    13: "轴承过热", 14: "防护门打开",
}  # fmt: skip

#: Signal → what it is.
DESCRIPTIONS: Mapping[str, str] = {
    "state": "压力机状态",
    "mode": "运行模式",
    "stop_cause": "停机原因",
    "cycle_pulse": "滑块处于行程下半段",
    "guard_closed": "防护门关闭",
    "motor_on": "主电机运行",
    "material_present": "有带料",
    "alarm_word": "报警字（按位）",
    "warning_word": "预警字（按位）",
    "alarm_misfeed": "带料送料不良",
    "alarm_overload": "压力机过载",
    "alarm_pressure_low": "液压压力低",
    "alarm_overheated": "主轴承过热",
    "alarm_guard_open": "防护门打开",
    "warning_material_low": "卷料将尽",
    "warning_die_worn": "模具磨损",
    "warning_temperature_high": "主轴承偏热",
    "warning_pressure_falling": "液压压力下降",
    "good_count": "合格件数",
    "reject_count": "废品件数",
    "stroke_count": "冲程次数",
    "speed": "速度",
    "speed_setpoint": "速度设定值",
    "cycle_time": "上一冲程时间",
    "temperature": "主轴承温度",
    "oil_temperature": "液压油温度",
    "die_temperature": "模具温度",
    "current": "电机电流",
    "power": "电功率",
    "energy": "耗电量",
    "pressure": "液压压力",
    "pressure_setpoint": "液压压力设定值",
    "force": "上一冲程冲压力",
    "vibration": "机架振动",
    "air_pressure": "压缩空气压力",
    "material_left": "卷料剩余长度",
    "batch_target": "本批目标冲程数",
    "batch_count": "本批已完成冲程数",
    "die_strokes": "本模具冲程数",
    "run_hours": "运行时间",
    "die_name": "当前模具",
    "part_name": "当前零件",
}


def texts_of(texts: Mapping[int, str]) -> dict[int, str]:
    """The Chinese texts of one of the line's tables of value texts; empty for a signal without any."""
    for english, chinese in ((STATE_TEXTS, _STATES), (MODE_TEXTS, _MODES), (CAUSE_TEXTS, _CAUSES)):
        if texts == english:
            return chinese
    return {}


def machine_name(machine: str) -> str:
    """Name of a press: press_1 → 1 号压力机."""
    return f"{machine.rpartition('_')[2]} 号压力机"
