import { Combobox } from "@forms/Combobox";
import { Icon, localText, Notice, QualityMark, type Tag, useFormatter, useLocale, useSignal } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import { signalOfTag } from "@sdk/bindings/signal";
import { useEffect, useMemo, useRef, useState } from "react";
import table from "./mapping.module.css";
import css from "./plant.module.css";
import type { MappingRow, PlantData } from "./plant_data";
import { usePlantTexts } from "./texts";

const ROW_PX = 56;
const OVERSCAN = 8;

interface TableProps {
  plant: PlantData;
  rows: readonly MappingRow[];
  chosen: ReadonlySet<string>;
  setChosen: (chosen: ReadonlySet<string>) => void;
  busy: boolean;
  onMap: (row: MappingRow, tag: number) => void;
  onClear: (row: MappingRow) => void;
}

/** Roles and their tags; only rows in sight are drawn, so that thousands stay quick. */
export function MappingTable(props: TableProps) {
  const { plant, rows, chosen, setChosen } = props;
  const t = usePlantTexts();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setView((old) => ({ ...old, height: element.clientHeight || old.height })),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const free = useFreeTags(plant);
  const first = Math.max(0, Math.floor(view.top / ROW_PX) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / ROW_PX) + OVERSCAN);
  const all = rows.length > 0 && rows.every((row) => chosen.has(row.key));
  return (
    <section className={table.table} aria-label={t("mapping")}>
      <div className={table.tableHead}>
        <span>
          <input
            type="checkbox"
            className={table.box}
            aria-label={t("mapping.select_all")}
            checked={all}
            onChange={() => setChosen(all ? new Set() : new Set(rows.map((row) => row.key)))}
          />
        </span>
        <span>{t("asset")}</span>
        <span>{t("role")}</span>
        <span>{t("tag")}</span>
        <span>{t("value")}</span>
        <span>
          <span className="visually-hidden">{t("clear")}</span>
        </span>
      </div>
      {rows.length === 0 ? (
        <Notice icon="search" title={t("mapping.none")} hint={t("mapping.none_hint")} />
      ) : null}
      <div
        ref={box}
        className={table.tableBody}
        tabIndex={0}
        onScroll={(event) =>
          setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
        }
      >
        <ul className={table.sheet} style={{ height: rows.length * ROW_PX }}>
          {rows.slice(first, last).map((row, index) => (
            <Row key={row.key} {...props} row={row} index={first + index} free={free} />
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Tags that play no role yet, to be chosen by name. */
function useFreeTags(plant: PlantData) {
  const { language } = useLocale();
  return useMemo(() => {
    const used = new Set(plant.roles.map((row) => row.tag_id));
    return [...plant.tags.values()]
      .filter((tag) => !used.has(tag.id))
      .map((tag) => ({
        value: String(tag.id),
        label: tag.key,
        hint: [tag.meta.description_i18n?.[language] ?? tag.meta.description, tag.meta.unit]
          .filter(Boolean)
          .join(" · "),
      }));
  }, [plant, language]);
}

interface RowProps extends TableProps {
  row: MappingRow;
  index: number;
  free: ReturnType<typeof useFreeTags>;
}

function Row({ plant, row, index, free, chosen, setChosen, busy, onMap, onClear }: RowProps) {
  const { language } = useLocale();
  const t = usePlantTexts();
  const role = localText(row.label, language) || assetName(undefined, row.role, language);
  const place = assetName(row.asset, row.asset.id, language);
  const name = `${place} · ${role}`;
  const shown = row.tag ?? plant.tags.get(row.suggestion?.tag_id ?? -1) ?? null;
  const toggle = () => {
    const next = new Set(chosen);
    if (!next.delete(row.key)) next.add(row.key);
    setChosen(next);
  };
  const mine = row.tag ? [{ value: String(row.tag.id), label: row.tag.key }] : [];
  return (
    <li className={table.row} style={{ top: index * ROW_PX, height: ROW_PX }}>
      <span>
        <input
          type="checkbox"
          className={table.box}
          aria-label={t("mapping.select", { name })}
          checked={chosen.has(row.key)}
          onChange={toggle}
        />
      </span>
      <span className="truncate" title={place}>
        {place}
      </span>
      <span className={css.names}>
        <span className="truncate">{role}</span>
        <span className={`${css.hint} truncate`}>
          <span className={table.narrow}>{`${place} · `}</span>
          {row.role}
        </span>
      </span>
      <span className={table.tagCell}>
        {row.suggestion ? (
          <Suggested row={row} busy={busy} onMap={onMap} />
        ) : (
          <Combobox
            label={`${t("tag.choose")}: ${name}`}
            placeholder={t("tag.choose")}
            clearable={false}
            choices={[...mine, ...free]}
            value={row.tag ? String(row.tag.id) : null}
            disabled={busy}
            onChange={(id) => id && onMap(row, Number(id))}
          />
        )}
      </span>
      <span>{shown ? <Value tag={shown} /> : null}</span>
      <span>
        {row.tag ? (
          <button
            type="button"
            className={css.small}
            disabled={busy}
            aria-label={`${t("clear")}: ${name}`}
            title={t("clear")}
            onClick={() => onClear(row)}
          >
            <Icon name="close" size={16} />
          </button>
        ) : null}
      </span>
    </li>
  );
}

/** What is suggested, how well it fits, and why. */
function Suggested({ row, busy, onMap }: Pick<RowProps, "row" | "busy" | "onMap">) {
  const { language } = useLocale();
  const t = usePlantTexts();
  const { suggestion } = row;
  if (!suggestion) return null;
  const why = suggestion.reasons.map((reason) => localText(reason, language)).join(" ");
  return (
    <span className={table.suggested}>
      <span className={css.names} title={why}>
        <span className="truncate">{suggestion.key}</span>
        <span
          className={`${css.hint} truncate`}
        >{`${t("score", { n: String(Math.round(suggestion.score * 100)) })} · ${why}`}</span>
      </span>
      <button
        type="button"
        className={table.take}
        disabled={busy}
        onClick={() => onMap(row, suggestion.tag_id)}
      >
        {t("accept")}
      </button>
    </span>
  );
}

function Value({ tag }: { tag: Tag }) {
  const signal = useMemo(() => signalOfTag(tag), [tag]);
  const { value, sample, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  return (
    <span className={table.reading} data-current={assessment.current}>
      {sample && value !== null ? (
        <span className="truncate">{`${shown.text}${shown.unit ? ` ${shown.unit}` : ""}`}</span>
      ) : null}
      <QualityMark assessment={assessment} sample={sample} />
    </span>
  );
}
