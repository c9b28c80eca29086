"""`platform_core enrol`: agents brought in from the platform's own machine, without logging in."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from platform_core.admin import ACTOR, enrolment
from schemas.errors import ConfigError


def add_enrol_commands(parser: argparse.ArgumentParser, add_place: Callable[[argparse.ArgumentParser], None]) -> None:
    """Adds `token`, `list` and `revoke`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    token = commands.add_parser("token", help="a token for one edge: works once, within 15 minutes; shown once")
    token.add_argument("edge")
    token.add_argument("--site", default="", help="site it stands at; without it, the first one")
    token.set_defaults(run=_token)
    shown = commands.add_parser("list", help="agents that have access")
    shown.set_defaults(run=_list)
    revoke = commands.add_parser("revoke", help="take an agent's access away")
    revoke.add_argument("edge")
    revoke.set_defaults(run=_revoke)
    certificate = commands.add_parser("certificate", help="make the broker's certificate where it is missing")
    certificate.add_argument("host")
    certificate.add_argument("--client", action="append", default=[], metavar="USER",
                             help="and a certificate of the agents' CA for this user")  # fmt: skip
    certificate.add_argument("--folder", type=Path, required=True, help="where certificates and keys are")
    certificate.set_defaults(run=_certificate)
    for sub in (token, shown, revoke):
        add_place(sub)


def _token(options: argparse.Namespace) -> int:
    with enrolment(options.data) as desk:
        _say(desk.new_token(options.tenant, options.edge, ACTOR, options.site).token)
    return 0


def _certificate(options: argparse.Namespace) -> int:
    from platform_core.agent_certificates import AgentCertificates
    from platform_core.broker_certificates import Authority

    try:
        Authority(options.folder).server(options.host)
        agents = AgentCertificates(options.folder)
        for user in options.client:
            agents.own(user)
    except (OSError, ValueError) as error:
        raise ConfigError("enrol.certificate", f"The certificates cannot be used: {error}.") from error
    return 0


def _list(options: argparse.Namespace) -> int:
    with enrolment(options.data) as desk:
        for one in desk.all_access(options.tenant):
            if one.revoked_ts is not None:
                state = f"revoked {_clock(one.revoked_ts)}"
            elif one.enrolled_ts is not None:
                state = f"enrolled {_clock(one.enrolled_ts)} from {one.enrolled_from or 'unknown'}"
            else:
                state = f"token waits until {_clock(one.token_expires_ts or 0)}"
            _say(f"{one.edge:24} {one.site:12} {state}")
    return 0


def _revoke(options: argparse.Namespace) -> int:
    with enrolment(options.data) as desk:
        if not desk.revoke(options.tenant, options.edge, ACTOR):
            raise ConfigError("enrol.unknown", f"{options.edge} has no access.", hint="See: enrol list.")
    _say(f"{options.edge} has no access any longer.")
    return 0


def _clock(ts_us: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(ts_us / 1e6))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
