import {
  BlockTile,
  type ComponentProps,
  formatDuration,
  type LocalText,
  localText,
  QualityMark,
  type Signal,
  type SignalState,
  signalName,
  useFormatter,
  useLocale,
  useMissing,
  useOpenDetail,
  useServerNow,
  useSignal,
} from "@sdk";
import { useLayoutEffect, useRef } from "react";
import css from "./View.module.css";

type Column = "asset" | "name" | "value" | "quality" | "age";

export interface TagTableProps {
  title?: LocalText;
  columns?: Column[];
}

const COLUMNS: Column[] = ["name", "value", "quality", "age"];
const HEADS = {
  asset: "table.asset",
  name: "table.name",
  value: "table.value",
  quality: "table.quality",
  age: "table.age",
} as const;

const ROW_PX = 44;
const HEAD_PX = 32;

/** A row height at which a whole number of rows fits the tile, so that none is cut in half. */
export function rowHeight(height: number): number {
  const room = height - HEAD_PX;
  return room / Math.max(1, Math.floor(room / ROW_PX));
}

function useWholeRows() {
  const ref = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => element.style.setProperty("--row", `${rowHeight(element.clientHeight)}px`);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return ref;
}

export default function TagTableView({ props, inputs, tone }: ComponentProps<TagTableProps>) {
  const { language, t } = useLocale();
  const signals = inputs.tags ?? [];
  const scroll = useWholeRows();
  const columns = props.columns ?? COLUMNS;
  const title = localText(props.title, language) || signals[0]?.assetName || "";
  const missing = useMissing(signals.slice(0, 1));
  if (missing) {
    return (
      <BlockTile title={title} tone={tone}>
        {missing}
      </BlockTile>
    );
  }
  return (
    <BlockTile title={title} tone={tone}>
      <section ref={scroll} className={css.scroll} tabIndex={0}>
        <table className={css.table}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" data-col={column}>
                  {t(HEADS[column])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {signals.map((signal) => (
              <Row key={signal.key} signal={signal} columns={columns} />
            ))}
          </tbody>
        </table>
      </section>
    </BlockTile>
  );
}

function Row({ signal, columns }: { signal: Signal; columns: readonly Column[] }) {
  const state = useSignal(signal);
  return (
    <tr className={css.row}>
      {columns.map((column) => (
        <td key={column} data-col={column}>
          <Cell column={column} signal={signal} state={state} />
        </td>
      ))}
    </tr>
  );
}

function Cell({ column, signal, state }: { column: Column; signal: Signal; state: SignalState }) {
  const { language } = useLocale();
  const open = useOpenDetail();
  const shown = useFormatter(signal)(state.value);
  if (column === "asset")
    return <span className={`${css.cell} truncate`}>{signal.assetName ?? signal.asset}</span>;
  if (column === "quality") return <QualityMark assessment={state.assessment} sample={state.sample} always />;
  if (column === "age") return <Age ts={state.sample?.ts ?? null} />;
  if (column === "value") {
    return (
      <span
        className={`${css.cell} ${css.value} truncate`}
        data-current={state.assessment.current}
        title={shown.text}
      >
        {shown.text}
        {shown.unit ? <span className={css.unit}>{shown.unit}</span> : null}
      </span>
    );
  }
  const id = signal.tag?.id;
  const name = signalName(signal, language);
  return (
    <button
      type="button"
      className={`${css.name} truncate`}
      title={name}
      onClick={() => id !== undefined && open(id)}
    >
      {name}
    </button>
  );
}

/** How long ago the shown value was taken; kept calm below 10 s by the rounding of the words. */
function Age({ ts }: { ts: number | null }) {
  const { t } = useLocale();
  const now = useServerNow(ts === null ? 0 : 1000);
  return <span className={css.age}>{ts === null ? t("common.none") : formatDuration(now - ts, t)}</span>;
}
