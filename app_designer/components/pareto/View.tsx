import {
  BlockTile,
  type ComponentProps,
  describeError,
  displayOfSignal,
  formatDuration,
  formatNumber,
  type LocalText,
  localText,
  meaningOf,
  Said,
  type Signal,
  Skeleton,
  signalMeta,
  signalName,
  toPlot,
  type UnitWishes,
  useLanes,
  useLocale,
  useManySignals,
  useMissing,
  useRange,
  useServerNow,
  useStateWord,
  useUnitWishes,
  useWindow,
} from "@sdk";
import { useMemo, useState } from "react";
import { Bars } from "./Bars";
import { type RankItem, ranking } from "./ranking";

export interface ParetoProps {
  title?: LocalText;
  rows_max?: number;
  leave_out_running?: boolean;
  show_line?: boolean;
  decimals?: number;
}

type Block = ComponentProps<ParetoProps>;
const NONE: never[] = [];
const POINTS = 600;
/** The word of a cause while there is none: a machine that runs. */
const NO_CAUSE = /^[\s–—-]*$/;
/** The order of the bars is looked at again no sooner than this, so that they do not dance. */
const ORDER_MS = 10_000;

export default function ParetoView(block: Block) {
  const { language } = useLocale();
  const { items = NONE, states = NONE } = block.inputs;
  const missing = useMissing(items.length > 0 ? items : states);
  return (
    <BlockTile title={localText(block.props.title, language)} tone={block.tone}>
      {missing ?? (items.length > 0 ? <OfItems block={block} /> : <OfStates block={block} />)}
    </BlockTile>
  );
}

/** The unit items are shown and added up in; a scale with another zero cannot be added up. */
function summedIn(signal: Signal, wishes: UnitWishes) {
  const display = displayOfSignal(signal, wishes);
  return display?.offset === 0 ? display : null;
}

function OfItems({ block }: { block: Block }) {
  const { language, t } = useLocale();
  const signals = block.inputs.items ?? NONE;
  const states = useManySignals(signals);
  const wishes = useUnitWishes();
  const [first] = signals;
  const meta = first ? signalMeta(first) : {};
  const display = first ? summedIn(first, wishes) : null;
  const stored = block.props.decimals ?? meta.decimals ?? null;
  const decimals = display && stored !== null ? display.decimals(stored) : stored;
  const unit = display?.unit ?? meta.unit ?? "";
  const format = (value: number) => `${formatNumber(value, decimals, language)} ${unit}`.trim();
  const known: RankItem[] = [];
  for (const { signal, value, assessment } of states) {
    const number = toPlot(value);
    if (number !== null && assessment.current)
      known.push({
        key: signal.key,
        name: signalName(signal, language),
        value: summedIn(signal, wishes)?.convert(number) ?? number,
      });
  }
  const waiting = states.every(({ assessment }) => assessment.level === "no_data");
  if (waiting) return <Skeleton width="100%" height="100%" />;
  const word = states.find(({ assessment }) => !assessment.current)?.assessment.word;
  const left = states.length - known.length;
  return <Ranking block={block} items={known} left={left} why={word ? t(word) : ""} format={format} />;
}

function OfStates({ block }: { block: Block }) {
  const { t } = useLocale();
  const { choice } = useRange();
  const window = useWindow(choice, POINTS);
  const { rows, feed } = useLanes(block.inputs.states ?? NONE, choice, window, POINTS);
  const wordOf = useStateWord();
  const [row] = rows;
  if (feed.error && feed.tracks.size === 0)
    return <Said icon="warn" title={t("chart.error")} hint={describeError(feed.error, t)} level="error" />;
  if (!row || (feed.loading && feed.tracks.size === 0)) return <Skeleton width="100%" height="100%" />;
  const leftOut = block.props.leave_out_running !== false;
  const items = row.shares.flatMap((share): RankItem[] => {
    if (share.key === null) return [];
    const name = wordOf(row.signal, share);
    const stands = meaningOf(signalMeta(row.signal), share.key) !== "running" && !NO_CAUSE.test(name);
    return stands || !leftOut ? [{ key: share.key, name, value: share.duration_us }] : [];
  });
  return <Ranking block={block} items={items} left={0} why="" format={(value) => formatDuration(value, t)} />;
}

interface RankingProps {
  block: Block;
  items: RankItem[];
  /** How many items have no value now: said, not hidden. */
  left: number;
  why: string;
  format: (value: number) => string;
}

function Ranking({ block, items, left, why, format }: RankingProps) {
  const { props, text } = block;
  const rows = useCalmOrder(items, props.rows_max ?? 8, text("other"));
  const bad = left > 0 ? text("bad", { n: String(left) }) : "";
  if (rows.length === 0)
    return (
      <Said
        icon={left > 0 ? "offline" : "trend"}
        title={why || text("none")}
        hint={bad}
        level={left > 0 ? "bad" : "empty"}
      />
    );
  return <Bars rows={rows} line={props.show_line !== false} format={format} text={text} note={bad} />;
}

/** Bars keep their places between looks; their lengths are always the present ones. */
function useCalmOrder(items: RankItem[], rowsMax: number, other: string) {
  const now = useServerNow(ORDER_MS);
  const names = items.map((item) => item.key).join("|");
  const [kept, setKept] = useState<{ mark: string; order: string[] }>({ mark: "", order: [] });
  const mark = `${now}|${names}|${rowsMax}`;
  const rows = useMemo(() => ranking(items, rowsMax, other), [items, rowsMax, other]);
  if (kept.mark !== mark) setKept({ mark, order: rows.map((row) => row.key) });
  const place = (key: string) => (kept.order.includes(key) ? kept.order.indexOf(key) : kept.order.length);
  const placed = [...rows].sort((a, b) => place(a.key) - place(b.key));
  let together = 0;
  return placed.map((row) => {
    together += row.share;
    return { ...row, together };
  });
}
