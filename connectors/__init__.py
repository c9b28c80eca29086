"""Everything that speaks to machines: drivers, planning and decoding, simulated devices."""
