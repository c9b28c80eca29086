"""`edge-agent import`, `export` and `config`: tags from and to spreadsheets, and what the configuration was."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from connectors.device_templates import device_templates
from edge_agent.configuration.rollback import compared, plan_rollback
from edge_agent.configuration.sheet_source import read_sheet, read_tags
from edge_agent.configuration.show import as_data, diff_lines, printable, problem_lines
from edge_agent.configuration.source import Source, open_source
from edge_agent.configuration.sunspec_import import plan_sunspec
from edge_agent.configuration.tag_import import ImportPlan, plan_import
from edge_agent.configuration.template_use import Use, base_of, plan_uses, uses_in
from edge_agent.plain_words import counted, suggestion
from edge_agent.spreadsheet.csv_file import write_csv
from edge_agent.spreadsheet.sheet import CellProblem
from edge_agent.spreadsheet.tag_rows import rows_of
from edge_agent.spreadsheet.xlsx_file import write_xlsx
from edge_agent.versions.history import History, Origin
from schemas.errors import ConfigError, InterlockError

EXIT_CONFIG = 2
_RESTART = "It counts from the agent's next start."
_WAITS = "The connections that hold come from the platform: these wait until a version of the machine is gone back to."


def add_configuration(commands: Any) -> None:
    """Adds the commands to the parser's sub-commands."""
    take = commands.add_parser(
        "import", help="tags from a CSV, XLSX, Kepware or Neuron file, or a SunSpec device: shows what would change"
    )
    take.add_argument("file", type=Path, metavar="FILE|sunspec", help="the file; sunspec: asks the device at --host")
    take.add_argument("--host", help="sunspec: address of the device")
    take.add_argument("--port", type=int, default=502, help="sunspec: TCP port")
    take.add_argument("--unit", type=int, default=1, help="sunspec: unit id")
    take.add_argument("--all-points", action="store_true", help="sunspec: also points the device does not fill now")
    take.add_argument("--connection", metavar="ID", help="where the tags belong; only its rows are taken")
    mode = take.add_mutually_exclusive_group()
    mode.add_argument("--merge", dest="mode", action="store_const", const="merge", default="merge",
                      help="tags that are not in the file stay (the default)")  # fmt: skip
    mode.add_argument("--replace", dest="mode", action="store_const", const="replace",
                      help="tags of these connections that are not in the file go")  # fmt: skip
    take.add_argument("--encoding", metavar="NAME", help="character set of a CSV file, for example gb18030 or cp1252")
    add_apply(take)
    take.set_defaults(command=_import)
    give = commands.add_parser("export", help="all tags as a CSV or XLSX file")
    give.add_argument("file", type=Path, metavar="FILE", help="*.csv or *.xlsx; - writes CSV to the standard output")
    give.add_argument("--connection", action="append", default=[], metavar="ID", help="only this connection")
    give.set_defaults(command=_export)
    use = commands.add_parser("templates", help="device templates: list, show, apply to one machine or many")
    use.add_argument("what", choices=["list", "show", "apply"])
    use.add_argument("id", nargs="?", help="a template, or a connection to copy")
    use.add_argument("--connection", metavar="ID", help="apply: id of the new connection")
    use.add_argument("--with", dest="given", action="append", default=[], metavar="NAME=VALUE", help="a parameter")
    use.add_argument("--from", dest="machines", type=Path, metavar="FILE",
                     help="apply: CSV or XLSX with a machine a row: id and the parameters")  # fmt: skip
    use.add_argument("--driver", help="another driver than the template's")
    add_apply(use)
    use.set_defaults(command=_templates)
    versions = commands.add_parser("config", help="versions of the configuration: history, diff, rollback")
    versions.add_argument("what", choices=["history", "diff", "rollback"])
    versions.add_argument("number", nargs="*", type=int, help="diff: one or two versions; rollback: one")
    versions.add_argument("--note", default="", help="why, for the history")
    versions.add_argument("--json", action="store_true", help="as JSON")
    versions.set_defaults(command=_config)
    for command in (take, give, use, versions):
        command.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")


def add_apply(command: argparse.ArgumentParser) -> None:
    """What every command that changes the configuration offers."""
    command.add_argument("--apply", action="store_true", help="write it; without this nothing is changed")
    command.add_argument("--note", default="", help="why, for the history")
    command.add_argument("--all", action="store_true", help="show every change")
    command.add_argument("--json", action="store_true", help="as JSON")


def _import(options: argparse.Namespace) -> int:
    source = open_source(options.config)
    if str(options.file) == "sunspec":
        return _import_sunspec(source, options)
    if options.connection is not None and options.connection not in source.connections:
        known = ", ".join(source.connections)
        raise ConfigError(
            "import.connection", f"there is no connection '{options.connection}'", hint=f"Known: {known}."
        )
    given = read_tags(options.file, encoding=options.encoding)
    plan = plan_import(source, given.rows, connection=options.connection, mode=options.mode)
    plan.notes[:0] = given.notes
    if given.left_out and not options.json:
        print(f"Left out, {counted(len(given.left_out), 'row')} that cannot be read here:")
        print("\n".join(problem_lines(given.left_out)))
    return finish(plan, options, f"import of {options.file.name}")


def _import_sunspec(source: Source, options: argparse.Namespace) -> int:
    name = options.connection or "sunspec"
    if name not in source.connections and not options.host:
        raise ConfigError("import.host", "where is the device?", hint="Give --host, and --unit where it is not 1.")
    target = {"host": options.host, "port": options.port, "unit": options.unit}
    plan, device = plan_sunspec(source, target, name, mode=options.mode, everything=options.all_points)
    return finish(plan, options, f"import of the SunSpec device {device.facts.get('Serial number', '')}".rstrip())


def _templates(options: argparse.Namespace) -> int:
    if options.what == "list":
        rows = [(one.id, f"{one.maker} {one.device}", one.summary) for one in device_templates().values()]
        print("\n".join(f"{id:22} {device:40} {summary}" for id, device, summary in rows))
        return 0
    if not options.id:
        raise ConfigError("template.which", "which template?", hint="See edge-agent templates list.")
    if options.what == "show" and options.id in device_templates():
        print(device_templates()[options.id].model_dump_json(indent=1, exclude_defaults=True))
        return 0
    source = open_source(options.config)
    base = base_of(source, options.id, options.driver)
    if options.what == "show":
        print(json.dumps(base.template, ensure_ascii=False, indent=1))
        return 0
    problems: list[CellProblem] = []
    if options.machines is not None:
        uses, problems = uses_in(read_sheet(options.machines))
    elif not options.connection:
        raise ConfigError("template.connection", "what is the machine called?", hint="Give --connection ID, or --from.")
    else:
        uses = [Use(options.connection, _parameters(options.given))]
    plan = ImportPlan(problems=problems) if problems else plan_uses(source, base, uses)
    return finish(plan, options, f"{counted(len(uses), 'machine')} by template {options.id}")


def _parameters(given: Sequence[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise ConfigError(
                "template.parameters", f"'{one}' is not NAME=VALUE", hint="Write --with host=192.168.0.5."
            )
        out[name.strip()] = value
    return out


def known_connections(source: Source, names: Sequence[str]) -> None:
    """Raises ConfigError for a name that no connection has."""
    known = source.connections
    for name in names:
        if name not in known:
            hint = suggestion(name, known) or f"Known: {', '.join(known)}."
            raise ConfigError("config.connection", f"there is no connection '{name}'", hint=hint)


def finish(plan: ImportPlan, options: argparse.Namespace, note: str) -> int:
    """Shows a plan, and applies it where that was asked for."""
    applied = False
    if options.apply and not plan.problems and not plan.empty and plan.draft is not None:
        plan.draft.apply(note=options.note or note)
        applied = True
    if options.json:
        print(json.dumps({**as_data(plan), "applied": applied}, ensure_ascii=False, indent=1))
        return EXIT_CONFIG if plan.problems else 0
    for text in plan.notes:
        print(printable(f"Note: {text}"))
    if plan.problems:
        count = len(plan.problems)
        print(f"{count} problem{'s' if count != 1 else ''}; nothing was changed:", file=sys.stderr)
        print("\n".join(problem_lines(plan.problems)), file=sys.stderr)
        return EXIT_CONFIG
    print("\n".join(diff_lines(plan, everything=options.all)))
    if plan.empty:
        print("Nothing would change.")
    elif applied and plan.draft is not None:
        print(f"Written: {', '.join(plan.draft.files)}. {_WAITS if plan.draft.source.pushed else _RESTART}")
    else:
        print("Nothing was changed yet: --apply writes it.")
    return 0


def _export(options: argparse.Namespace) -> int:
    source = open_source(options.config)
    known_connections(source, options.connection)
    known = source.connections
    tags = [(conn.id, tag) for conn in known.values() if conn.id in (options.connection or known) for tag in conn.tags]
    rows = rows_of(tags)
    if str(options.file) == "-":
        sys.stdout.buffer.write(write_csv(rows))
        return 0
    if options.file.suffix.lower() not in (".csv", ".xlsx"):
        raise ConfigError("export.format", f"{options.file.name} is neither .csv nor .xlsx")
    content = write_xlsx(rows) if options.file.suffix.lower() == ".xlsx" else write_csv(rows)
    try:
        options.file.write_bytes(content)
    except OSError as error:
        raise InterlockError("export.write", f"{options.file} cannot be written: {error.strerror}") from error
    print(f"{options.file}: {counted(len(tags), 'tag')}.")
    return 0


def _config(options: argparse.Namespace) -> int:
    source = open_source(options.config)
    history = History(source.loaded.data_dir)
    if options.what == "history":
        _show_history(history, options.json)
        return 0
    if options.what == "diff":
        if len(options.number) not in (1, 2):
            raise ConfigError("config.diff", "diff takes one version (against now) or two", hint="See config history.")
        before = history.get(options.number[0])
        after = history.get(options.number[1]) if len(options.number) == 2 else source
        print("\n".join(printable(line) for line in compared(before, after)) or "No difference.")
        return 0
    if len(options.number) != 1:
        raise ConfigError("config.rollback", "rollback takes the number of a version", hint="See config history.")
    plan = plan_rollback(source, history.get(options.number[0]))
    if plan.changes_nothing:
        print("The configuration is that version already.")
        return 0
    plan.apply(note=options.note or f"rollback to version {options.number[0]}")
    written = [f"Written: {', '.join(plan.files)}."] if plan.files else []
    if plan.pushed is not None:
        whose = "those that the platform pushed then" if plan.pushed else "the machine's own"
        written.append(f"The connections that hold are {whose}.")
    print(f"{' '.join(written)} {_RESTART} What waits in the spool is not touched.")
    return 0


def _show_history(history: History, as_json: bool) -> None:
    from datetime import UTC, datetime

    versions = history.versions()
    if as_json:
        rows = [
            {
                "number": one.number,
                "time_us": one.time_us,
                "hash": one.hash,
                "author": one.author,
                "note": one.note,
                "origin": one.origin.kind,
                "pushed_no": one.origin.no,
                "reason": one.origin.reason,
            }
            for one in versions
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for one in versions:
        at = datetime.fromtimestamp(one.time_us / 1e6, UTC)
        said = "  ".join(part for part in (one.author, _origin(one.origin), one.note) if part)
        print(printable(f"{one.number:5}  {at:%Y-%m-%d %H:%M:%S} UTC  {one.hash}  {said}"))
    if not versions:
        print("No version was recorded yet: the agent's next start records the first one.")


def _origin(origin: Origin) -> str:
    """Where a version came from, in words; nothing for what was made at the machine: its author is somebody there."""
    if origin.kind == "platform":
        return f"from the platform, its version {origin.no}" if origin.no else "from the platform"
    return f"went back by itself: {origin.reason}" if origin.kind == "rollback" else ""
