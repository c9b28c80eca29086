"""How long each tag is silent at most: told where its value is said again, left out where nothing is."""

from pathlib import Path

from edge_agent.calculated.section import as_connection
from edge_agent.config import parse_config
from edge_agent.silences import Silences

CONFIG = """
version: 1
edge: line_1
broker: {url: "mqtt://127.0.0.1:1883"}
connections:
  - id: press
    driver: modbus_tcp
    scan_ms: 1000
    config: {host: 127.0.0.1, port: 502}
    tags:
      - {name: temperature, address: "holding:0"}
      - {name: oil, address: "holding:2", silence_max_s: 600}
      - {name: filter, address: "holding:4", scan_ms: 300000}
  - id: counted
    driver: modbus_tcp
    config: {host: 127.0.0.1, port: 503}
    sequences: [{tag: row, tags: [weight]}]
    tags:
      - {name: row, address: "holding:0", type: uint16}
      - {name: weight, address: "holding:2"}
      - {name: mode, address: "holding:4", type: uint16}
  - id: files
    driver: csv_folder
    config: {folder: files, time_columns: [time]}
    tags:
      - {name: length, address: length, type: float64}
  - id: plc
    driver: opcua
    mode: subscribe
    config: {endpoint: "opc.tcp://127.0.0.1:4840", security_policy: None}
    tags:
      - {name: speed, address: "ns=2;s=speed", type: float64}
  - id: hand
    driver: manual_entry
    tags:
      - {name: gauge, address: "gauge; every 8 h", type: float64}
calculated:
  - {name: warm, expression: "t + 1", inputs: {t: press/temperature}}
  - {name: warmer, expression: "w + 1", inputs: {w: calculated/warm}}
  - {name: long, expression: "l + 1", inputs: {l: files/length}}
  - {name: longer, expression: "l + 1", inputs: {l: calculated/long}}
  - {name: heavy, expression: "w + 1", inputs: {w: counted/weight}}
  - {name: fast, expression: "s + 1", inputs: {s: plc/speed}}
"""


def test_who_says_a_value_again_and_how_often(tmp_path: Path) -> None:
    loaded = parse_config(CONFIG, base=tmp_path)
    silences = Silences(loaded)
    section = as_connection(loaded.config)
    assert section is not None
    found = {
        f"{conn.id}/{tag.name}": silences.of(conn, tag)
        for conn in (*loaded.config.connections, section)
        for tag in conn.tags
    }
    assert found == {
        "press/temperature": 60.0,
        "press/oil": 600.0,
        "press/filter": 300.0,
        "counted/row": None,
        "counted/weight": None,
        "counted/mode": 60.0,
        "files/length": None,
        "plc/speed": 60.0,
        "hand/gauge": None,
        "calculated/warm": 60.0,
        "calculated/warmer": 60.0,
        "calculated/long": None,
        "calculated/longer": None,
        "calculated/heavy": None,
        "calculated/fast": None,
    }
