"""`edge-agent enrol`: bring this agent to a platform with a token from its administrator."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from schemas.errors import AuthError, ConfigError, ConnectError

#: The broker gets its new user within a second or two of the trade.
BROKER_WAIT_S = 20.0
PAUSE_S = 0.5


def add_enrol(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    enrol = commands.add_parser("enrol", help="bring this agent to a platform, with a token from its administrator")
    enrol.add_argument("--platform", default="", metavar="URL", help="address of the platform, https://…")
    enrol.add_argument("--token", default="-", help="the token; left out: read from standard input")
    enrol.add_argument(
        "--ca", type=Path, default=None, metavar="FILE", help="CA that signed the platform's certificate"
    )
    enrol.add_argument("--plain-http", action="store_true", help="allow HTTP without TLS to another machine")
    enrol.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    enrol.add_argument("--renew", action="store_true", help="renew the client certificate now; needs no token")
    enrol.set_defaults(command=_enrol)


def _renew(config: Path) -> int:
    from edge_agent.enrol.client_certificate import ACCESS_FOLDER
    from edge_agent.enrol.install import data_dir_of
    from edge_agent.enrol.renewal import renew

    _, data_dir = data_dir_of(config)
    state = renew(config.resolve().parent / data_dir / ACCESS_FOLDER, "edge-agent")
    print(f"The certificate is good until {time.strftime('%Y-%m-%d', time.gmtime(state.ends_s))}.")
    return 0


def _enrol(options: argparse.Namespace) -> int:
    if options.renew:
        return _renew(options.config)
    from edge_agent.enrol.client_certificate import new_request
    from edge_agent.enrol.install import check_place, install
    from edge_agent.enrol.trade import trade
    from edge_agent.machine import machine_id
    from schemas.models.agent import BrokerConfig

    token = options.token if options.token != "-" else sys.stdin.readline()  # noqa: S105
    token = token.strip()
    if not token:
        raise ConfigError("enrol.token", "there is no token", hint="Give --token, or write it to standard input.")
    check_place(options.config)
    key, request = new_request("edge-agent")
    admission = trade(
        options.platform, token, machine_id(), ca_file=options.ca, plain=options.plain_http, request=request
    )
    section = install(options.config, admission, key=key, platform=options.platform, platform_ca=options.ca)
    print(f"This agent is {admission.edge} of {admission.tenant}. {options.config} names broker {admission.url}.")
    base = options.config.resolve().parent
    asyncio.run(_reach(BrokerConfig.model_validate(section), base))
    print("The broker lets it in. Start it: edge-agent run.")
    return 0


async def _reach(broker: Any, base: Path) -> None:
    """Connects once. Raises AuthError or ConnectError when the broker does not let the agent in within a while."""
    from edge_agent.publish.mqtt import MqttConnection, new_connection_id

    loop = asyncio.get_running_loop()
    until = loop.time() + BROKER_WAIT_S
    while True:
        mqtt = MqttConnection(broker, base, conn_id=new_connection_id(), on_message=lambda _topic, _payload: None)
        try:
            await mqtt.open([])
        except (AuthError, ConnectError) as error:
            if error.code == "mqtt.certificate" or loop.time() > until:
                raise
        else:
            return
        finally:
            await mqtt.close()
        await asyncio.sleep(PAUSE_S)
