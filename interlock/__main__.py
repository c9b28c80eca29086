"""The `interlock` command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from interlock.assembly import Options, module
from interlock.datafolder import DataFolder, Refused, program_version
from interlock.enrolled import FILE_NAME as ENROLLED_FILE
from interlock.mosquitto import MosquittoFiles, bring
from interlock.up import up as run_up
from interlock.zone import machine_zone

PASS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
DEFAULT_DATA = Path("interlock-data")

app = typer.Typer(
    help="Interlock: from a PLC register to a live app, on one machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
user = typer.Typer(help="Accounts, made on the machine itself.", no_args_is_help=True)
token = typer.Typer(help="API tokens, made on the machine itself.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(token, name="token")

Data = Annotated[Path, typer.Option("--data", envvar="INTERLOCK_DATA", help="Data folder, made when missing.")]


@app.command()
def up(
    data: Data = DEFAULT_DATA,
    port: Annotated[int, typer.Option(help="Port of the web pages, on this machine only.")] = 8080,
    mqtt_port: Annotated[int, typer.Option(help="Port of the broker; default: 1883, or a free one.")] = 0,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Simulated stamping line with its agent.")] = True,
    broker: Annotated[str, typer.Option(help="Use this broker: mqtt://user:password@host:1883.")] = "",
    agents_at: Annotated[
        str,
        typer.Option(help="Let agents of other machines in, by TLS: this machine's name or address for them."),
    ] = "",
    agent_certificates: Annotated[
        bool, typer.Option("--agent-certificates", help="Agents get a client certificate, and the broker asks for it.")
    ] = False,
    replay: Annotated[list[Path] | None, typer.Option(help="Play CSV files instead of the simulated line.")] = None,
    rows_per_s: Annotated[float | None, typer.Option(help="Pace of the replay; default: as recorded.")] = None,
    protocol: Annotated[Literal["modbus", "opcua"], typer.Option(help="How the replay is served.")] = "modbus",
    hold: Annotated[bool, typer.Option("--hold/--no-hold", help="Keep each row until it has been read.")] = True,
    keep_time: Annotated[bool, typer.Option("--keep-time", help="Samples carry the recorded time.")] = False,
    repeat: Annotated[int, typer.Option(min=1, help="Play the files this many times.")] = 1,
    zone: Annotated[str, typer.Option(help="Time zone of the site, as Europe/Berlin; default: this machine's.")] = "",
    sparkplug_host: Annotated[str, typer.Option(help="Be a Sparkplug B host application of this id.")] = "",
) -> None:
    """Start broker, platform, plant and agent, and show how they are; Ctrl-C stops all."""
    run_up(
        Options(
            data=data,
            port=port,
            mqtt_port=mqtt_port,
            demo=demo,
            broker_url=broker,
            replay=tuple(replay or ()),
            rows_per_s=rows_per_s,
            protocol=protocol,
            hold=hold,
            keep_time=keep_time,
            repeat=repeat,
            agents_at=agents_at,
            agent_certificates=agent_certificates,
            zone=zone or machine_zone(),
            sparkplug_host=sparkplug_host,
        )
    )


@app.command()
def version() -> None:
    """The version of this program."""
    print(program_version())


def hand_over(name: str, *args: str) -> None:
    """Become a part, or where that is impossible run it in the foreground and end with its exit code."""
    line = module(name, *args)
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(line[0], line)
    process = subprocess.Popen(line)
    while True:
        try:
            raise typer.Exit(process.wait())
        except KeyboardInterrupt:  # the part got it too and ends in its own way
            continue


@app.command(context_settings=PASS, help="Serve a CSV file over Modbus or OPC UA (see: interlock replay --help).")
def replay(context: typer.Context) -> None:
    """Hand over to the replay peer."""
    hand_over("connectors.peers.replay", *context.args)


@app.command(context_settings=PASS, help="Run the simulated stamping line alone.")
def plant(context: typer.Context) -> None:
    """Hand over to the stamping line."""
    hand_over("connectors.peers.stamping_line", *context.args)


@app.command(context_settings=PASS, help="Run, check or read with an edge agent: interlock agent run -c agent.yaml.")
def agent(context: typer.Context) -> None:
    """Hand over to the edge agent."""
    hand_over("edge_agent", *context.args)


@app.command(context_settings=PASS, help="Run the platform alone: interlock platform serve --data …")
def platform(context: typer.Context) -> None:
    """Hand over to the platform."""
    hand_over("platform_core", *context.args)


@app.command(context_settings=PASS, help="Bring in an agent: interlock enrol token line_2 | list | revoke line_2.")
def enrol(context: typer.Context, data: Data = DEFAULT_DATA) -> None:
    """Hand over to the platform's command, with its data folder."""
    folder = _installed(data)
    hand_over("platform_core", "enrol", *context.args, "--data", str(folder.platform))


@app.command("broker-users")
def broker_users(
    password_file: Annotated[Path, typer.Option(help="mosquitto's password_file; other users in it stay.")],
    acl_file: Annotated[Path, typer.Option(help="mosquitto's acl_file; other lines in it stay.")],
    pid_file: Annotated[Path | None, typer.Option(help="mosquitto's pid_file: it reads both again (SIGHUP).")] = None,
    core_user: Annotated[str, typer.Option(help="Gives this user the platform's rights.")] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on, and do it again after each change.")] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Bring the users of enrolled agents to a mosquitto of your own."""
    files = MosquittoFiles(password_file, acl_file, pid_file, core_user)
    source = _installed(data).platform / ENROLLED_FILE
    try:
        bring(source, files, lambda said: print(f"interlock: {said}", flush=True), follow=follow)
    except (OSError, ValueError) as error:
        raise Refused(str(error)) from error
    except KeyboardInterrupt:
        pass


@app.command("app", context_settings=PASS, help="Apps as folders and packages: interlock app validate FOLDER …")
def app_documents(context: typer.Context) -> None:
    """Hand over to the platform's commands for apps."""
    hand_over("platform_core", "app", *context.args)


@app.command(context_settings=PASS, help="Blocks as folders: interlock component lint FOLDER …")
def component(context: typer.Context) -> None:
    """Hand over to the platform's commands for components."""
    hand_over("platform_core", "component", *context.args)


def _installed(data: Path) -> DataFolder:
    folder = DataFolder(data.resolve())
    if not folder.platform.is_dir():
        raise Refused(f"There is no installation in {folder.root}: start it once with `interlock up`, or give --data.")
    return folder


def _account(noun: str, context: typer.Context, data: Path) -> None:
    folder = _installed(data)
    hand_over(
        "platform_core", noun, "add" if noun == "user" else "create", *context.args, "--data", str(folder.platform)
    )


ACCOUNT = {**PASS, "help_option_names": ["--help"]}


@user.command("add", context_settings=ACCOUNT)
def user_add(context: typer.Context, data: Data = DEFAULT_DATA) -> None:
    """Make an account: interlock user add NAME --role admin|builder|operator|viewer [--password-stdin]."""
    _account("user", context, data)


@token.command("create", context_settings=ACCOUNT)
def token_create(context: typer.Context, data: Data = DEFAULT_DATA) -> None:
    """Make an API token and print it once: interlock token create NAME --role viewer."""
    _account("token", context, data)


def main() -> None:
    """Entry point of the console script."""
    try:
        app()
    except Refused as refused:
        print(f"interlock: {refused}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
