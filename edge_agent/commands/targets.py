"""Which tags of the configuration may be written, and what their interlocks look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from edge_agent.commands.desk import CommandDesk, Target
from edge_agent.commands.log import CommandLog
from edge_agent.commands.switch import WriteSwitch
from edge_agent.config import LoadedConfig
from edge_agent.device import Device
from edge_agent.write_rules import by_name, found_tag


def make_desk(loaded: LoadedConfig, devices: Sequence[Device], uuid_of: Mapping[str, UUID]) -> CommandDesk:
    """The desk of an agent; `uuid_of` by `connection/name`."""
    targets = find_targets(loaded, devices, uuid_of)
    return CommandDesk(targets, WriteSwitch(loaded.data_dir), CommandLog(loaded.data_dir))


def find_targets(loaded: LoadedConfig, devices: Sequence[Device], uuid_of: Mapping[str, UUID]) -> dict[UUID, Target]:
    """The tags that may be written, by their UUIDs."""
    running = {device.conn.id: device for device in devices}
    tags = by_name(loaded.config.connections)
    targets: dict[UUID, Target] = {}
    for device in devices:
        for tag in device.conn.tags:
            if tag.write is None:
                continue
            looks_at = {}
            for name, key in tag.write.interlock_tags.items():
                # Checked with the configuration; what looks at a connection that is off is never true.
                found = found_tag(tags, device.conn.id, key)
                if found is not None and found[0] in running:
                    looks_at[name] = (running[found[0]], found[1])
            targets[uuid_of[f"{device.conn.id}/{tag.name}"]] = Target(device, tag, looks_at)
    return targets
