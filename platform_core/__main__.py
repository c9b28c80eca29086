"""The platform's command line: ``python -m platform_core serve | user | token | writes | app | component | …``."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import ConfigError, InterlockError
from schemas.models.tenant import DEFAULT_TENANT, ROLES

if TYPE_CHECKING:
    from platform_core.services.write_targets import SimulatorSettings
    from platform_core.settings import Settings
    from platform_core.sparkplug.link import SparkplugSettings

DATA_DEFAULT = Path("interlock-data") / "platform"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 2 what was given is wrong."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except InterlockError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m platform_core", description="The Interlock platform.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="take in, keep and serve values"))
    user = commands.add_parser("user", help="users, on the machine itself").add_subparsers(required=True)
    for name, run, text in (("add", _user_add, "add a user"), ("role", _user_role, "change a role")):
        sub = user.add_parser(name, help=text)
        sub.add_argument("name")
        sub.add_argument("--role", choices=(*ROLES, "none") if name == "role" else ROLES, required=True)
        sub.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        _add_place(sub)
        sub.set_defaults(run=run)
    token = commands.add_parser("token", help="API tokens, on the machine itself").add_subparsers(required=True)
    create = token.add_parser("create", help="make a token and print it once")
    create.add_argument("name")
    create.add_argument("--role", choices=ROLES, default="viewer")
    create.add_argument("--days", type=int, default=None, help="end of its life; without it, it has none")
    _add_place(create)
    create.set_defaults(run=_token_create)
    revoke = token.add_parser("revoke", help="end a token")
    revoke.add_argument("name")
    _add_place(revoke)
    revoke.set_defaults(run=_token_revoke)
    _add_enrol(commands)
    _add_writes(commands)
    _add_component(commands)
    _add_app(commands)
    openapi = commands.add_parser("openapi", help="print the description of the API")
    openapi.add_argument("--output", type=Path, default=None, help="write to a file instead")
    openapi.set_defaults(run=_openapi)
    return parser


def _add_enrol(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from platform_core.enrol_cli import add_enrol_commands

    add_enrol_commands(commands.add_parser("enrol", help="agents: a token to bring one in, list, revoke"), _add_place)


def _add_writes(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from platform_core.writes_cli import add_writes_command

    add_writes_command(commands.add_parser("writes", help="stop all writes to devices, or let them go on"), _add_place)


def _add_app(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from platform_core.app_cli import add_app_commands

    add_app_commands(commands.add_parser("app", help="apps as folders and packages, without a server"))


def _add_component(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from platform_core.component_cli import add_component_commands

    add_component_commands(commands.add_parser("component", help="blocks: check their folders, pack and sign them"))


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=DATA_DEFAULT, help="data folder of the platform")
    parser.add_argument("--tenant", default=DEFAULT_TENANT)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    parser.add_argument("--listen", default="127.0.0.1:8080", help="host:port; port 0 takes a free one")
    parser.add_argument("--broker", default="mqtt://127.0.0.1:1883", help="mqtt:// or mqtts:// address")
    parser.add_argument("--broker-user", default="")
    parser.add_argument("--broker-password-file", type=Path, default=None)
    parser.add_argument("--broker-ca", type=Path, default=None, help="PEM of the CA of the broker's certificate")
    parser.add_argument("--broker-client", type=Path, default=None, help="PEM: key and certificate for the broker")
    parser.add_argument("--agent-ca", type=Path, default=None, help="folder of the CA that gives agents certificates")
    parser.add_argument("--agent-broker", default="", help="the broker's address as agents elsewhere reach it")
    parser.add_argument("--web", type=Path, default=None, help="folder of the built web app")
    parser.add_argument("--install-app", type=Path, action="append", default=[], help="app folder; may be repeated")
    parser.add_argument("--no-built-in-apps", action="store_true", help="do not install the apps that come along")
    parser.add_argument("--simulator", default="", help="address at which the simulated plant takes writes")
    parser.add_argument("--simulator-token-file", type=Path, default=None)
    parser.add_argument("--simulator-edge", default="", help="edge whose tags are the simulated plant's")
    parser.add_argument("--sparkplug-host", default="", help="be a Sparkplug B host application of this id")
    parser.add_argument("--sparkplug-group", action="append", default=[], help="only this group; may be repeated")
    parser.add_argument("--sparkplug-reorder-ms", type=int, default=2000, help="how long a late message is waited for")
    parser.add_argument("--sparkplug-broker", default="", help="another broker than --broker")
    parser.add_argument("--sparkplug-broker-user", default="")
    parser.add_argument("--sparkplug-broker-password-file", type=Path, default=None)
    parser.add_argument("--sparkplug-broker-ca", type=Path, default=None, help="CA of that broker, for mqtts")
    parser.add_argument("--zone", default="UTC", help="time zone of a new tenant's site")
    parser.add_argument("--public-host", action="append", default=[], help="name by which browsers reach it")
    parser.add_argument("--tls-certificate", type=Path, default=None, help="PEM; makes it speak HTTPS")
    parser.add_argument("--tls-key", type=Path, default=None)
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="info")
    parser.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    from platform_core.assembly import Platform
    from platform_core.settings import WEB_FOLDER, Settings, parse_listen

    logging.basicConfig(
        level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for chatty in ("alembic", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    host, port = parse_listen(options.listen)
    settings = Settings(
        data=options.data,
        listen_host=host,
        listen_port=port,
        broker_url=options.broker,
        broker_username=options.broker_user,
        broker_password_file=options.broker_password_file,
        broker_ca_file=options.broker_ca,
        broker_client_file=options.broker_client,
        agent_ca=options.agent_ca,
        agent_broker_url=options.agent_broker,
        web=options.web or WEB_FOLDER,
        install_apps=tuple(options.install_app),
        built_in_apps=not options.no_built_in_apps,
        tenant=options.tenant,
        zone=options.zone,
        public_hosts=tuple(options.public_host),
        tls_certificate=options.tls_certificate,
        tls_key=options.tls_key,
        simulator=_simulator(options),
    )
    settings = replace(settings, sparkplug=_sparkplug(options, settings))
    Platform(settings).serve()
    return 0


def _sparkplug(options: argparse.Namespace, settings: Settings) -> SparkplugSettings | None:
    from platform_core.sparkplug.link import SparkplugSettings

    if not options.sparkplug_host:
        if options.sparkplug_group or options.sparkplug_broker:
            raise ConfigError("settings.sparkplug", "Sparkplug options are of no use without --sparkplug-host ID.")
        return None
    if not 0 <= options.sparkplug_reorder_ms <= 60_000:
        raise ConfigError("settings.sparkplug", "--sparkplug-reorder-ms is from 0 to 60000.")
    if options.sparkplug_broker:
        settings = replace(
            settings,
            broker_url=options.sparkplug_broker,
            broker_username=options.sparkplug_broker_user,
            broker_password_file=options.sparkplug_broker_password_file,
            broker_ca_file=options.sparkplug_broker_ca,
            broker_client_file=None,
        )
    return SparkplugSettings(
        host=options.sparkplug_host,
        broker_url=settings.broker_url,
        username=settings.broker_username,
        password=settings.broker_password(),
        groups=tuple(options.sparkplug_group),
        reorder_ms=options.sparkplug_reorder_ms,
        ca_file=settings.broker_ca_file,
        client_file=settings.broker_client_file,
    )


def _simulator(options: argparse.Namespace) -> SimulatorSettings | None:
    from platform_core.services.write_targets import SimulatorSettings

    if not options.simulator:
        return None
    if options.simulator_token_file is None or not options.simulator_edge:
        raise ConfigError("settings.simulator", "--simulator also needs --simulator-token-file and --simulator-edge.")
    return SimulatorSettings(options.simulator, options.simulator_token_file, options.simulator_edge)


def _user_add(options: argparse.Namespace) -> int:
    from platform_core import admin

    admin.add_user(options.data, options.tenant, options.name, _password(options.password_stdin), options.role)
    print(f"Added {options.name} as {options.role}.")
    return 0


def _user_role(options: argparse.Namespace) -> int:
    from platform_core import admin

    admin.set_role(options.data, options.tenant, options.name, None if options.role == "none" else options.role)
    print(f"{options.name} is now {options.role}.")
    return 0


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise ConfigError("account.password", "The two are not the same.")
    return first


def _token_create(options: argparse.Namespace) -> int:
    from platform_core import admin

    print(admin.create_token(options.data, options.tenant, options.name, options.role, options.days))
    return 0


def _token_revoke(options: argparse.Namespace) -> int:
    from platform_core import admin

    admin.revoke_token(options.data, options.tenant, options.name)
    print(f"Token {options.name} has ended.")
    return 0


def _openapi(options: argparse.Namespace) -> int:
    from platform_core.api.app import openapi_text

    text = openapi_text()
    if options.output is None:
        print(text, end="")
    else:
        options.output.write_text(text, encoding="utf-8")
    return 0


def _console() -> int:
    """`main`, and a quiet end where whoever read the output has enough of it, as `| head` has."""
    try:
        try:
            code = main()
        finally:  # --help and wrong options end by an exception
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(_console())
