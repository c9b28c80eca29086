"""What every Modbus driver shares."""
