import { Button, Icon, Notice } from "@sdk";
import type { RoleMapRow, RoleSuggestion } from "@sdk/api/plant";
import { useMemo, useState } from "react";
import { CsvDialog } from "./CsvDialog";
import { ManualTagDialog } from "./ManualTagDialog";
import { MappingTable } from "./MappingTable";
import css from "./plant.module.css";
import { acceptable, filteredRows, type MappingRow, mappingRows, type RowFilter } from "./plant_data";
import type { TabProps } from "./tab_props";
import { usePlantTexts } from "./texts";
import { useAction } from "./use_action";

const FILTERS: readonly RowFilter[] = ["all", "unmapped", "suggested"];
const THRESHOLDS = [0.9, 0.75, 0.6, 0.5];

/** Which tag plays which role: by suggestion, by hand, or from a spreadsheet. */
export function MappingTab(props: TabProps) {
  const { plant, plantApi, reload, tell } = props;
  const t = usePlantTexts();
  const [suggestions, setSuggestions] = useState<readonly RoleSuggestion[]>([]);
  const [search, setSearch] = useState("");
  const [filter, setFilter] = useState<RowFilter>("all");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { busy, problem, run } = useAction();
  const rows = useMemo(() => mappingRows(plant, suggestions), [plant, suggestions]);
  const shown = useMemo(() => filteredRows(rows, search, filter), [rows, search, filter]);
  const write = (next: RoleMapRow[]) =>
    run(async () => {
      await plantApi.putRoles(next);
      await reload();
      setChosen(new Set());
      tell(t("saved"));
    });
  const remove = (gone: readonly MappingRow[]) =>
    run(async () => {
      for (const row of gone) await plantApi.removeRole(row.asset.id, row.role);
      await reload();
      setChosen(new Set());
    });
  const suggest = () =>
    run(async () => {
      const found = await plantApi.suggestions();
      setSuggestions(found);
      setFilter(found.length > 0 ? "suggested" : filter);
      if (found.length === 0) tell(t("suggest.none"));
    });
  const selected = rows.filter((row) => chosen.has(row.key));
  if (rows.length === 0)
    return <Notice icon="link" title={t("mapping.empty")} hint={t("mapping.empty_hint")} />;
  return (
    <div className={css.mapping}>
      <p className={css.hint}>{t("mapping.hint")}</p>
      <Tools
        {...props}
        busy={busy}
        rows={rows}
        search={search}
        setSearch={setSearch}
        filter={filter}
        setFilter={setFilter}
        suggest={suggest}
        accept={(list) => void write(list.flatMap(taken))}
      />
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
      <SelectionBar
        rows={selected}
        busy={busy}
        accept={(list) => void write(list.flatMap(taken))}
        remove={(list) => void remove(list)}
      />
      <MappingTable
        plant={plant}
        rows={shown}
        chosen={chosen}
        setChosen={setChosen}
        busy={busy}
        onMap={(row, tag) =>
          void write([
            { asset: row.asset.id, role: row.role, tag_id: tag, valid_from: row.tag ? Date.now() * 1000 : 0 },
          ])
        }
        onClear={(row) => void remove([row])}
      />
    </div>
  );
}

interface SelectionProps {
  rows: readonly MappingRow[];
  busy: boolean;
  accept: (rows: readonly MappingRow[]) => void;
  remove: (rows: readonly MappingRow[]) => void;
}

/** What can be done with the chosen rows together. */
function SelectionBar({ rows, busy, accept, remove }: SelectionProps) {
  const t = usePlantTexts();
  if (rows.length === 0) return null;
  const mapped = rows.filter((row) => row.tag);
  return (
    <div className={css.bar} role="status">
      <strong>{t("mapping.selected", { n: String(rows.length) })}</strong>
      <Button disabled={busy || !rows.some((row) => row.suggestion)} onClick={() => accept(rows)}>
        {t("accept")}
      </Button>
      <Button disabled={busy || mapped.length === 0} onClick={() => remove(mapped)}>
        {t("clear")}
      </Button>
    </div>
  );
}

/** The row a suggestion becomes. */
const taken = (row: MappingRow): RoleMapRow[] =>
  row.suggestion
    ? [{ asset: row.asset.id, role: row.role, tag_id: row.suggestion.tag_id, valid_from: 0 }]
    : [];

interface ToolsProps extends TabProps {
  busy: boolean;
  rows: readonly MappingRow[];
  search: string;
  setSearch: (text: string) => void;
  filter: RowFilter;
  setFilter: (filter: RowFilter) => void;
  suggest: () => void;
  accept: (rows: readonly MappingRow[]) => void;
}

function Tools(props: ToolsProps) {
  const { rows, busy, search, setSearch, filter, setFilter, suggest, accept, plantApi } = props;
  const t = usePlantTexts();
  const [score, setScore] = useState(0.75);
  const [dialog, setDialog] = useState<"csv" | "manual" | null>(null);
  const ready = acceptable(rows, score);
  const suggested = rows.some((row) => row.suggestion);
  const mapped = rows.filter((row) => row.tag).length;
  return (
    <>
      <div className={css.bar}>
        <label className={css.search}>
          <Icon name="search" size={16} />
          <span className="visually-hidden">{t("filter_search")}</span>
          <input
            type="search"
            placeholder={t("filter_search")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
        <select
          className={css.input}
          aria-label={t("mapping")}
          value={filter}
          onChange={(event) => setFilter(event.target.value as RowFilter)}
        >
          {FILTERS.map((one) => (
            <option key={one} value={one}>
              {t(`filter_${one}`)}
            </option>
          ))}
        </select>
        <span className={css.hint}>
          {t("mapping.count", { n: String(mapped), all: String(rows.length) })}
        </span>
        <span className={css.gap} />
        <Button look="primary" disabled={busy} onClick={() => suggest()}>
          {t("suggest")}
        </Button>
        <Button onClick={() => setDialog("manual")}>{t("manual.add")}</Button>
        <a className={css.linkButton} href={plantApi.exportUrl} download="roles.csv">
          {t("csv.export")}
        </a>
        <Button onClick={() => setDialog("csv")}>{t("csv.import")}</Button>
      </div>
      {suggested ? (
        <div className={css.bar}>
          <label className={css.inline}>
            {t("suggest.threshold")}
            <select
              className={css.input}
              value={score}
              onChange={(event) => setScore(Number(event.target.value))}
            >
              {THRESHOLDS.map((one) => (
                <option key={one} value={one}>{`${Math.round(one * 100)} %`}</option>
              ))}
            </select>
          </label>
          <Button look="primary" disabled={busy || ready.length === 0} onClick={() => accept(ready)}>
            {t("accept_all", { score: String(Math.round(score * 100)), n: String(ready.length) })}
          </Button>
        </div>
      ) : null}
      {dialog === "csv" ? <CsvDialog {...props} onClose={() => setDialog(null)} /> : null}
      {dialog === "manual" ? <ManualTagDialog {...props} onClose={() => setDialog(null)} /> : null}
    </>
  );
}
