"""The asset types a new tenant starts with: machines that small factories have, in English and Chinese.

A role's words are what people and PLC programmers call such a signal; they only serve to suggest tags.
"""

from __future__ import annotations

from typing import Any

from schemas.models.asset_type import AssetType, SignalRole
from schemas.models.tag import Limits

__all__ = ["STARTER_TYPES"]


def _role(role: str, en: str, zh: str, words: str, unit: str = "", **more: Any) -> SignalRole:
    """A role; a unit makes it a number. `words` are parted by spaces."""
    kind = more.pop("kind", "number" if unit else "any")
    return SignalRole(
        role=role, label={"en": en, "zh-CN": zh}, kind=kind, unit=unit, keywords=tuple(words.split()), **more
    )


def _count(role: str, en: str, zh: str, words: str, **more: Any) -> SignalRole:
    return _role(role, en, zh, words, kind="number", decimals=0, **more)


# Which number means what differs from PLC to PLC, so the state's texts come with the tag.
_STATE = _role("state", "State", "状态", "state status run_state machine_state 状态 运行状态", required=True)
_FAULT = _role("fault", "Fault", "故障", "fault alarm error trip 故障 报警", kind="boolean")
_RUNNING = _role("running", "Running", "运行", "running run on started motor_on 运行 启动", kind="boolean")
_HOURS = _role(
    "run_hours", "Running time", "运行时间", "run_hours hours operating_hours 运行时间 工时", "h", decimals=1
)
_SPEED = _role("speed", "Speed", "速度", "speed rpm rate velocity 速度 转速", "1/min", decimals=1)
_CURRENT = _role("current", "Current", "电流", "current amps amp i 电流", "A", decimals=1)
_VOLTAGE = _role("voltage", "Voltage", "电压", "voltage volts u 电压", "V", decimals=1)
_POWER = _role("power", "Power", "功率", "power kw active_power 功率 有功功率", "kW", decimals=1)
_ENERGY = _role("energy", "Energy used", "用电量", "energy kwh consumption 电量 电能 用电量", "kWh", decimals=2)
_TEMPERATURE = _role(
    "temperature", "Temperature", "温度", "temperature temp bearing_temperature 温度 轴承温度", "°C", decimals=1
)
_VIBRATION = _role(
    "vibration", "Vibration", "振动", "vibration vib velocity_rms 振动", "mm/s", decimals=2,
    limits=Limits(hi=4.5, hi_hi=7.1),
)  # fmt: skip
_PRESSURE = _role("pressure", "Pressure", "压力", "pressure press bar p 压力", "bar", decimals=1)
_FLOW = _role("flow", "Flow", "流量", "flow flow_rate q 流量", "m³/h", decimals=1)
_LEVEL = _role("level", "Level", "液位", "level fill filling 液位 料位", "%", decimals=0, span=(0, 100))
_GOOD = _count("good_count", "Good pieces", "良品数", "good good_count ok ok_count good_parts 良品 合格 合格数")
_REJECT = _count("reject_count", "Rejected pieces", "废品数", "reject scrap ng ng_count bad 废品 不良 不合格")
_CYCLE = _role("cycle_time", "Cycle time", "节拍", "cycle_time cycle takt 节拍 周期", "s", decimals=2)
_SPEED_SET = _role(
    "speed_setpoint", "Speed set-point", "速度设定", "speed_setpoint speed_set speed_sp 速度设定 设定速度", "1/min",
    decimals=1, writable=True,
)  # fmt: skip
_TEMP_SET = _role(
    "temperature_setpoint", "Temperature set-point", "温度设定",
    "temperature_setpoint temp_set temp_sp set_temperature 温度设定 设定温度", "°C", decimals=1, writable=True,
)  # fmt: skip
_PRESSURE_SET = _role(
    "pressure_setpoint", "Pressure set-point", "压力设定", "pressure_setpoint pressure_set pressure_sp 压力设定",
    "bar", decimals=0, writable=True,
)  # fmt: skip
_STOP_CAUSE = _role("stop_cause", "Why it stands still", "停机原因", "stop_cause stop_reason cause reason 停机原因")


def _type(type_id: str, en: str, zh: str, icon: str, *roles: SignalRole) -> AssetType:
    return AssetType(id=type_id, name={"en": en, "zh-CN": zh}, icon=icon, roles=roles)


_PRESS = _type(
    "press", "Press", "冲床", "press",
    _STATE, _role("mode", "Operation mode", "工作方式", "mode operation_mode 模式 工作方式"), _STOP_CAUSE,
    _GOOD, _REJECT, _count("stroke_count", "Strokes", "冲次", "strokes stroke_count hits 冲次 冲程"),
    _SPEED, _SPEED_SET, _CYCLE, _TEMPERATURE,
    _role("oil_temperature", "Oil temperature", "油温", "oil_temperature oil_temp 油温", "°C", decimals=1),
    _role("die_temperature", "Die temperature", "模具温度", "die_temperature mould_temperature 模温 模具温度", "°C",
          decimals=1),
    _CURRENT, _POWER, _ENERGY, _PRESSURE, _PRESSURE_SET,
    _role("force", "Force", "压力吨位", "force tonnage load 吨位 冲压力", "kN", decimals=0), _VIBRATION,
    _role("air_pressure", "Compressed air", "气压", "air_pressure air 气压", "bar", decimals=2),
    _role("material_left", "Material left", "剩余材料", "material_left coil strip 余料 剩余", "m", decimals=1),
    _count("batch_target", "Strokes of this batch", "批量目标", "batch_target target order_quantity 目标 批量",
           writable=True),
    _count("batch_count", "Strokes since the batch began", "批量计数", "batch_count 批量计数"),
    _count("die_strokes", "Strokes of this die", "模具冲次", "die_strokes mould_shots 模次 模具冲次"),
    _role("die_name", "Die", "模具", "die_name die mould tool 模具", kind="text"),
    _role("part_name", "Part", "零件", "part_name part product 零件 产品", kind="text"), _HOURS,
    _role("guard_closed", "Guard closed", "安全门关闭", "guard_closed guard door 安全门", kind="boolean"),
    _role("motor_on", "Motor on", "电机运行", "motor_on motor 主电机", kind="boolean"),
)  # fmt: skip

STARTER_TYPES: tuple[AssetType, ...] = (
    _PRESS,
    _type("pump", "Pump", "水泵", "pump", _RUNNING, _FAULT, _SPEED, _SPEED_SET, _FLOW, _PRESSURE,
          _role("inlet_pressure", "Inlet pressure", "进口压力", "inlet_pressure suction 进口压力", "bar", decimals=1),
          _CURRENT, _POWER, _TEMPERATURE, _VIBRATION, _HOURS),
    _type("motor", "Motor", "电机", "motor", _RUNNING, _FAULT, _SPEED, _SPEED_SET, _CURRENT, _VOLTAGE, _POWER, _ENERGY,
          _TEMPERATURE, _VIBRATION, _HOURS),
    _type("tank", "Tank", "储罐", "tank", _LEVEL, _TEMPERATURE, _PRESSURE, _FLOW,
          _role("high_level", "Level too high", "高液位", "high_level level_high lsh 高液位", kind="boolean"),
          _role("low_level", "Level too low", "低液位", "low_level level_low lsl 低液位", kind="boolean")),
    _type("compressor", "Air compressor", "空压机", "compressor", _STATE, _RUNNING, _FAULT, _PRESSURE, _PRESSURE_SET,
          _TEMPERATURE, _FLOW, _CURRENT, _POWER, _ENERGY, _HOURS,
          _role("load", "Load", "负载率", "load load_rate 负载 负载率", "%", decimals=0, span=(0, 100))),
    _type("meter", "Energy meter", "电表", "meter", _POWER, _ENERGY, _CURRENT, _VOLTAGE,
          _role("power_factor", "Power factor", "功率因数", "power_factor cos_phi pf 功率因数", kind="number",
                decimals=2, span=(-1, 1)),
          _role("frequency", "Frequency", "频率", "frequency freq hz 频率", "Hz", decimals=2)),
    _type("oven", "Oven", "烘箱", "oven", _STATE, _RUNNING, _FAULT, _TEMPERATURE, _TEMP_SET, _POWER, _ENERGY,
          _role("humidity", "Humidity", "湿度", "humidity rh 湿度", "%", decimals=0, span=(0, 100)),
          _role("door_closed", "Door closed", "炉门关闭", "door_closed door 炉门 门", kind="boolean")),
    _type("conveyor", "Conveyor", "输送带", "conveyor", _RUNNING, _FAULT, _SPEED, _SPEED_SET, _CURRENT,
          _count("piece_count", "Pieces passed", "通过件数", "piece_count pieces count passed 件数 计数"),
          _role("jam", "Jam", "堵料", "jam blocked 堵料 卡料", kind="boolean"), _HOURS),
    _type("machine", "Machine", "设备", "machine", _STATE, _STOP_CAUSE, _GOOD, _REJECT, _CYCLE, _SPEED, _TEMPERATURE,
          _POWER, _ENERGY, _FAULT, _HOURS),
    _type("line", "Line", "产线", "line", _STATE, _GOOD, _REJECT,
          _count("target_count", "Target", "目标产量", "target target_count plan 目标 计划"),
          _role("order", "Order", "订单", "order order_no work_order 订单 工单", kind="text"),
          _role("product", "Product", "产品", "product part 产品", kind="text"), _POWER, _ENERGY),
)  # fmt: skip
