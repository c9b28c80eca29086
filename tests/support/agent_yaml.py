"""A configuration with comments, a template, and lists of tags of both styles."""

AGENT = """\
# Line 1, cabinet 3: call the electrician before changing addresses.
version: 1
edge: line_1
broker: {url: "mqtt://127.0.0.1:1883"}   # the PC under the desk
data_dir: data

templates:
  - id: press
    params: [unit]
    config: {host: 127.0.0.1, unit: "{unit}"}
    tags:
      - {name: force, address: "holding:90", type: uint16}

connections:
  # the big one
  - id: press_1
    driver: modbus_tcp
    template: press
    with: {unit: 1}
    tags:
      # from the drawing of 2019
      - name: temperature   # PT100
        address: holding:0
        type: int16
        scale: 0.1
        unit: °C
      - {name: pressure, address: "40003", type: float32, unit: bar}  # gauge 2
      - name: speed
        address: holding:10
        type: uint16
        limits: {lo: 1, hi: 70}
    # end of the tags
    report: {mode: exception}
  - {id: press_2, driver: modbus_tcp, config: {host: 127.0.0.1, unit: 2},
     tags: [{name: a, address: "holding:0"}, {name: b, address: "holding:2"}]}  # small
# the end
"""
