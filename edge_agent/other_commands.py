"""Every command but `run` and `check`: an agent that runs does not carry them."""

from __future__ import annotations

from typing import Any

from edge_agent.commands.cli import add_writes
from edge_agent.commissioning.commands.browse.cli import add_browse
from edge_agent.commissioning.commands.doctor.cli import add_doctor
from edge_agent.commissioning.commands.read.cli import add_read
from edge_agent.commissioning.commands.record.cli import add_record
from edge_agent.commissioning.commands.scan.cli import add_scan
from edge_agent.configuration.cli import add_configuration
from edge_agent.diagnostics.cli import add_diagnostics
from edge_agent.enrol.cli import add_enrol
from edge_agent.entering.cli import add_enter
from edge_agent.identity_file.cli import add_identity
from edge_agent.local_page.cli import add_page
from edge_agent.secret_store.cli import add_secret
from edge_agent.service.cli import add_service
from edge_agent.spool_tools.cli import add_spool
from edge_agent.trust.cli import add_trust

__all__ = ["add_others"]


def add_others(commands: Any) -> None:
    """Adds them to the subparsers, in the order the help shows them."""
    add_read(commands)
    add_record(commands)
    add_scan(commands)
    add_browse(commands)
    add_doctor(commands)
    add_writes(commands)
    add_enter(commands)
    add_trust(commands)
    add_enrol(commands)
    add_identity(commands)
    add_spool(commands)
    add_secret(commands)
    add_diagnostics(commands)
    add_service(commands)
    add_page(commands)
    add_configuration(commands)
