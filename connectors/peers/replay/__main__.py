"""``python -m connectors.peers.replay FILE.csv …``: play recordings as a device."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from connectors.peers.process import stop_event, write_json_atomic, write_text_atomic
from connectors.peers.replay.agent_config import connection_config
from connectors.peers.replay.app_document import app_documents, write_app
from connectors.peers.replay.column_types import ColumnType
from connectors.peers.replay.csv_text import CsvOptions
from connectors.peers.replay.device import ReplayDevice, ReplayOptions
from connectors.peers.replay.problems import screen_lines, write_report
from connectors.peers.replay.recording import Recording, RecordingOptions, load_recording
from schemas.errors import ConfigError
from schemas.identifiers import to_identifier

WAIT_NOTICE_S = 10.0
SEPARATOR_NAMES = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 after a clean end, 2 when what was given cannot be played."""
    arguments = _parser().parse_args(argv)
    try:
        recording = load_recording(arguments.files, _recording_options(arguments))
        return asyncio.run(_serve(arguments, recording))
    except ConfigError as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="interlock replay", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV files, played one after the other")
    play = parser.add_argument_group("playing")
    play.add_argument("--protocol", choices=("modbus", "opcua"), default="modbus")
    play.add_argument("--host", default="127.0.0.1", help="address to listen on")
    play.add_argument("--port", type=int, default=0, help="0: any free one, see the ready file")
    play.add_argument("--unit", type=int, default=1, help="Modbus unit")
    play.add_argument("--rows-per-s", type=_positive, help="default: the recorded pace")
    play.add_argument("--speed", type=_positive, default=1.0, help="times the recorded pace")
    play.add_argument("--repeat", type=_count, default=1, metavar="N", help="play everything N times")
    play.add_argument("--no-hold", action="store_true", help="go on although nobody has read the row")
    play.add_argument("--keep-time", action="store_true", help="samples carry the recorded time")
    play.add_argument("--float64", action="store_true", help="8-byte floats over Modbus")
    read = parser.add_argument_group("reading (found by itself when not given)")
    read.add_argument("--separator", help="one character, or tab, comma, semicolon, pipe")
    read.add_argument("--decimal", choices=(".", ","))
    read.add_argument("--encoding", help="utf-8, utf-8-sig, gb18030, …")
    read.add_argument("--header", action=argparse.BooleanOptionalAction, default=None)
    read.add_argument("--time-column", help="its name; DATE+TIME for two columns; none for no time")
    read.add_argument("--time-format", help="iso, epoch_s, epoch_ms, epoch_us or a pattern as %%d.%%m.%%Y %%H:%%M:%%S")
    read.add_argument("--zone", help="IANA zone of times without an offset; default: this machine's")
    read.add_argument("--type", action="append", default=[], metavar="COLUMN=TYPE", help="float, int, bool or string")
    out = parser.add_argument_group("files written")
    out.add_argument("--ready", type=Path, help="JSON with the port, written when serving and when done")
    out.add_argument("--agent-config", type=Path, help="YAML with the agent's connections")
    out.add_argument("--app", type=Path, metavar="FOLDER", help="an app document for this recording")
    out.add_argument("--served", type=Path, help="JSON lines: the rows that have been read")
    out.add_argument("--report", type=Path, help="every broken row; default: beside the ready file")
    out.add_argument("--id", help="id of connection, asset and app; default: from the file's name")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _recording_options(arguments: argparse.Namespace) -> RecordingOptions:
    types: dict[str, ColumnType] = {}
    for entry in arguments.type:
        name, _, kind = entry.rpartition("=")
        try:
            types[name] = ColumnType(kind)
        except ValueError as error:
            raise ConfigError("replay.type", f"--type {entry}", hint="COLUMN=float|int|bool|string") from error
    separator = SEPARATOR_NAMES.get(arguments.separator, arguments.separator)
    if separator is not None and len(separator) != 1:
        raise ConfigError("replay.separator", f"--separator {separator!r}", hint="one character, or tab")
    return RecordingOptions(
        csv=CsvOptions(separator, arguments.decimal, arguments.encoding, arguments.header),
        time_column=arguments.time_column,
        time_format=arguments.time_format,
        zone=arguments.zone,
        types=types,
    )


def _report_path(arguments: argparse.Namespace) -> Path:
    if arguments.report is not None:
        return Path(arguments.report)
    beside = arguments.ready or arguments.agent_config or arguments.served
    folder = Path(beside).parent if beside is not None else Path()
    return folder / f"{arguments.files[0].stem}.broken-rows.txt"


def _announce(arguments: argparse.Namespace, recording: Recording, device: ReplayDevice) -> None:
    for note in recording.notes:
        print(note)
    if recording.problems:
        report = _report_path(arguments)
        write_report(recording.problems, report)
        print(f"{len(recording.problems)} broken rows are left out:")
        for line in screen_lines(recording.problems, report):
            print(f"  {line}")
    pace = f"{arguments.rows_per_s:g} rows/s" if arguments.rows_per_s else "the recorded pace"
    hold = "each row held until read" if device.options.hold else "free running"
    print(
        f"replay: {device.player.rows_total} rows × {len(recording.columns)} values over {arguments.protocol} "
        f"on {device.options.host}:{device.port}, {pace}, {hold}",
        flush=True,
    )


def _write_outputs(arguments: argparse.Namespace, recording: Recording, device: ReplayDevice) -> None:
    name = to_identifier(arguments.id or arguments.files[0].stem, fallback="replay")
    if arguments.agent_config is not None:
        document: dict[str, Any] = {"version": 1, "connections": [connection_config(device, name, name)]}
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
        write_text_atomic(arguments.agent_config, text)
    if arguments.app is not None:
        title = " ".join(arguments.files[0].stem.replace("_", " ").split())
        write_app(arguments.app, *app_documents(recording, name, name, title))


async def _serve(arguments: argparse.Namespace, recording: Recording) -> int:
    stopping = stop_event()
    options = ReplayOptions(
        protocol=arguments.protocol,
        host=arguments.host,
        port=arguments.port,
        unit=arguments.unit,
        rows_per_s=arguments.rows_per_s,
        speed=arguments.speed,
        repeat=arguments.repeat,
        hold=not arguments.no_hold,
        keep_time=arguments.keep_time,
        float64=arguments.float64,
        served=arguments.served,
    )
    if options.keep_time and recording.time_us is None:
        raise ConfigError("replay.time", "--keep-time needs a time column", hint="give --time-column")
    async with ReplayDevice(recording, options) as device:
        _write_outputs(arguments, recording, device)
        if arguments.ready is not None:
            write_json_atomic(arguments.ready, device.status())
        _announce(arguments, recording, device)
        watching = [asyncio.create_task(_when_done(arguments, device)), asyncio.create_task(_notice_waiting(device))]
        await stopping.wait()
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
    return 0


async def _when_done(arguments: argparse.Namespace, device: ReplayDevice) -> None:
    await device.done.wait()
    if arguments.ready is not None:
        write_json_atomic(arguments.ready, device.status())
    print(f"replay: done, {device.player.rows_total} rows; the last one stays", flush=True)


async def _notice_waiting(device: ReplayDevice) -> None:
    """Say what a held row waits for, when a reader reads only a part of it."""
    row, told = 0, 0
    while not device.done.is_set():
        await asyncio.sleep(WAIT_NOTICE_S)
        unread = device.unread_names()
        partly = 0 < len(device.player.unread) < device.player.parts
        if partly and device.options.hold and device.player.row == row != told:
            told = row
            print(f"replay: row {row} waits: nobody reads {', '.join(unread[:8])}", file=sys.stderr, flush=True)
        row = device.player.row


if __name__ == "__main__":
    sys.exit(main())
