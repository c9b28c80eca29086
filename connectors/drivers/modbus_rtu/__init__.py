"""Modbus RTU over a serial port."""
