"""A recorded file played as a device: each row is a set of registers or nodes that changes together."""
