"""`edge-agent browse`: what a device offers, as a table or as tags ready for the configuration."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

from edge_agent.commissioning.browse import DEPTH_DEFAULT, NODES_MAX, BrowseResult, Found, browse_tree, tags_of
from edge_agent.commissioning.target import add_target, chosen_connection
from edge_agent.config import make_driver
from edge_agent.spreadsheet.csv_file import write_csv
from edge_agent.spreadsheet.tag_rows import rows_of
from schemas.models.connection import ConnectionConfig

_ABOUT = """
Lists what a device offers. Works with drivers whose devices can say so (OPC UA).

  edge-agent browse --connection furnace                     everything, as a table
  edge-agent browse "nsu=urn:maker;s=Line" --depth 2 --connection furnace
  edge-agent browse --driver opcua --host opc.tcp://192.168.0.10:4840
  edge-agent browse --connection furnace --as csv > tags.csv   then edge-agent import
"""


def add_browse(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    browse = commands.add_parser(
        "browse", help="list what a device offers, as a table or as ready tags", description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    browse.add_argument("start", nargs="?", default="", metavar="ADDRESS", help="where to begin; default the root")
    browse.add_argument("--depth", type=int, default=DEPTH_DEFAULT, help=f"levels; default {DEPTH_DEFAULT}")
    browse.add_argument("--nodes-max", type=int, default=NODES_MAX, metavar="N", help=f"default {NODES_MAX}")
    browse.add_argument("--find", default="", metavar="TEXT", help="only nodes with TEXT in their path")
    browse.add_argument("--server", action="store_true", help="the server's own administration too")
    browse.add_argument("--as", dest="form", choices=["table", "yaml", "csv", "json"], default="table")
    add_target(browse)
    browse.set_defaults(command=_browse)


def _browse(options: argparse.Namespace) -> int:
    connection = chosen_connection(options)
    result = asyncio.run(_walk(connection, options))
    wanted = options.find.casefold()
    found = [one for one in result.found if wanted in "/".join(one.path).casefold()]
    if options.form == "csv":
        sys.stdout.buffer.write(write_csv(rows_of([(connection.id, tag) for tag in tags_of(found)])))
    elif options.form == "yaml":
        print("tags:")
        for tag in tags_of(found):
            # JSON texts are YAML texts too, whatever characters a device's names hold.
            row = tag.model_dump(mode="json", include={"name", "address", "type", "length"}, exclude_none=True)
            print(f"  - {json.dumps(row, ensure_ascii=False)}")
    elif options.form == "json":
        print(json.dumps({"cut": result.cut, "nodes": [_data(one) for one in found]}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(_table(found)))
        print(f"{len(found)} nodes, {sum(one.is_value for one in found)} with a value.")
    if result.cut:
        print(f"edge-agent: {result.cut}.", file=sys.stderr)
    return 0


async def _walk(connection: ConnectionConfig, options: argparse.Namespace) -> BrowseResult:
    driver = make_driver(connection)
    try:
        await driver.connect()
        return await browse_tree(
            driver, options.start, depth=options.depth, nodes_max=options.nodes_max, own=options.server
        )
    finally:
        await driver.close()


def _data(one: Found) -> dict[str, Any]:
    return {"address": one.item.address, "path": list(one.path), "type": one.item.type, "branch": one.item.has_children}


def _table(found: list[Found]) -> list[str]:
    rows = [("path", "type", "address")]
    rows += [
        ("/".join(one.path), one.item.type or ("…" if one.item.has_children else "-"), one.item.address)
        for one in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return [f"{row[0].ljust(widths[0])}  {row[1].ljust(widths[1])}  {row[2]}" for row in rows]
