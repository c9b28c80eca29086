"""Finding out about devices before and while they are connected: services that return what they found.

Commands print it; nothing here writes to a device. The Modbus link of this package has no writing function at all.
"""
