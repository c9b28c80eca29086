"""Modbus, whatever the line: addresses, plan, link and the driver that TCP and serial share."""
