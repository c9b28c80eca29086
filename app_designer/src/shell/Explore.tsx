import { RangeBar } from "@runtime/RangeBar";
import {
  Button,
  Icon,
  Notice,
  QualityMark,
  Skeleton,
  signalName,
  signalOfTag,
  type Tag,
  Trend,
  useFormatter,
  useLocale,
  useOpenDetail,
  useRange,
  useServices,
  useSignal,
  useTagSignals,
} from "@sdk";
import { describeError } from "@sdk/api/problem";
import { SERIES_MAX } from "@sdk/chart/scales";
import { useEffect, useMemo, useRef, useState } from "react";
import css from "./explore.module.css";
import { useExploreTexts } from "./explore_texts";
import { RangeProvider } from "./RangeProvider";
import { setQuery, useQuery } from "./router";
import { useTagDrag } from "./tag_drag";
import { useTagList } from "./tag_list";

const ROW_PX = 56;
const OVERSCAN = 6;

/** Tag ids on the trend, from the address. */
export function idsFrom(text: string | null): number[] {
  const ids = (text ?? "").split(",").map(Number);
  return [...new Set(ids.filter((id) => Number.isInteger(id) && id > 0))].slice(0, SERIES_MAX);
}

function putIds(ids: number[]): void {
  setQuery(
    (params) => {
      if (ids.length > 0) params.set("tags", ids.slice(0, SERIES_MAX).join(","));
      else params.delete("tags");
    },
    { replace: true },
  );
}

/** All tags, live; any of them on an ad-hoc trend. Search and trend are kept in the address. */
export default function Explore() {
  return (
    <RangeProvider fallback="10m">
      <ExploreScreen />
    </RangeProvider>
  );
}

function ExploreScreen() {
  const { t } = useLocale();
  const text = useExploreTexts();
  const query = useQuery();
  const search = query.get("q") ?? "";
  const picked = useMemo(() => idsFrom(query.get("tags")), [query]);
  const dock = useRef<HTMLDivElement>(null);
  const add = (id: number) =>
    putIds(picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id]);
  const drag = useTagDrag(dock, (id) => !picked.includes(id) && add(id));
  return (
    <div className={css.screen}>
      <section className={css.list} aria-label={t("explore.title")}>
        <h1 className="visually-hidden">{t("explore.title")}</h1>
        <label className={css.search}>
          <Icon name="search" />
          <span className="visually-hidden">{t("common.search")}</span>
          <input
            type="search"
            placeholder={text("search")}
            defaultValue={search}
            onChange={(event) => {
              const text = event.target.value;
              setQuery((params) => (text ? params.set("q", text) : params.delete("q")), { replace: true });
            }}
          />
        </label>
        <TagList search={search} picked={picked} onAdd={add} onDrag={drag.start} />
      </section>
      <section ref={dock} className={css.dock} data-over={drag.over} aria-label={text("trend")}>
        <div className={css.dockHead}>
          <h2>{text("trend")}</h2>
          <RangeBar />
          {picked.length > 0 ? (
            <Button look="quiet" onClick={() => putIds([])}>
              {text("trend_clear")}
            </Button>
          ) : null}
        </div>
        <Dock picked={picked} />
      </section>
      {drag.ghost ? (
        <div className={css.ghost} style={{ left: drag.ghost.x, top: drag.ghost.y }}>
          {drag.ghost.name}
        </div>
      ) : null}
    </div>
  );
}

function Dock({ picked }: { picked: number[] }) {
  const text = useExploreTexts();
  const { api } = useServices();
  const { choice, setChoice } = useRange();
  const [tags, setTags] = useState<ReadonlyMap<number, Tag>>(new Map());
  const missing = picked.filter((id) => !tags.has(id)).join(",");
  useEffect(() => {
    if (!missing) return;
    let gone = false;
    void Promise.allSettled(missing.split(",").map((id) => api.tag(Number(id)))).then((answers) => {
      const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
      if (!gone && found.length > 0)
        setTags((known) => new Map([...known, ...found.map((tag) => [tag.id, tag] as const)]));
    });
    return () => {
      gone = true;
    };
  }, [api, missing]);
  const signalOf = useTagSignals();
  const signals = useMemo(
    () => picked.flatMap((id) => (tags.has(id) ? [signalOf(tags.get(id) as Tag)] : [])),
    [picked, tags, signalOf],
  );
  if (picked.length === 0) {
    return <Notice icon="trend" title={text("trend_empty")} hint={text("trend_empty_hint")} />;
  }
  return (
    <Trend
      signals={signals}
      choice={choice}
      onZoom={(from, to) => setChoice({ kind: "fixed", from, to })}
      fullNames
      onRemove={(id) => putIds(picked.filter((other) => other !== id))}
    />
  );
}

interface ListProps {
  search: string;
  picked: readonly number[];
  onAdd: (id: number) => void;
  onDrag: (event: React.PointerEvent, tag: Tag) => void;
}

/** The list draws, and subscribes to, only the rows in sight. */
function TagList({ search, picked, onAdd, onDrag }: ListProps) {
  const { t } = useLocale();
  const text = useExploreTexts();
  const { tags, complete, error, more } = useTagList(search);
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(top / ROW_PX) - OVERSCAN);
  const last = Math.min(tags.length, Math.ceil((top + height) / ROW_PX) + OVERSCAN);
  useEffect(() => {
    if (!complete && last >= tags.length - OVERSCAN) more();
  }, [complete, last, tags.length, more]);
  return (
    <>
      <section
        ref={box}
        className={css.scroll}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        tabIndex={0}
      >
        {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
        {tags.length === 0 && !error ? <EmptyList complete={complete} search={search} /> : null}
        <ul className={css.rows} style={{ height: tags.length * ROW_PX }}>
          {tags.slice(first, last).map((tag, index) => (
            <Row
              key={tag.id}
              tag={tag}
              top={(first + index) * ROW_PX}
              picked={picked.includes(tag.id)}
              onAdd={onAdd}
              onDrag={onDrag}
            />
          ))}
        </ul>
      </section>
      <p className={css.count}>{text("count", { n: `${tags.length}${complete ? "" : "+"}` })}</p>
    </>
  );
}

function EmptyList({ complete, search }: { complete: boolean; search: string }) {
  const text = useExploreTexts();
  if (!complete) return <Skeleton width="100%" height="240px" />;
  return search ? (
    <Notice icon="search" title={text("empty", { search })} hint={text("empty_hint")} />
  ) : (
    <Notice icon="search" title={text("no_tags")} hint={text("no_tags_hint")} />
  );
}

interface RowProps extends Pick<ListProps, "onAdd" | "onDrag"> {
  tag: Tag;
  top: number;
  picked: boolean;
}

function Row({ tag, top, picked, onAdd, onDrag }: RowProps) {
  const { language, t } = useLocale();
  const text = useExploreTexts();
  const open = useOpenDetail();
  const signal = useMemo(() => signalOfTag(tag), [tag]);
  const { value, sample, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  const name = signalName(signal, language);
  return (
    <li className={css.row} style={{ top }}>
      <button
        type="button"
        className={css.open}
        onClick={() => open(tag.id)}
        onPointerDown={(event) => onDrag(event, tag)}
        title={`${name}\n${tag.key}`}
      >
        <span className={css.names}>
          <span className="truncate">{name}</span>
          <span className={`${css.key} truncate`}>{tag.key}</span>
        </span>
        <span className={css.reading}>
          <span className={`${css.value} truncate`} data-current={assessment.current} title={shown.text}>
            {sample ? shown.text : ""}
            {sample && shown.unit ? <span className={css.unit}>{shown.unit}</span> : null}
          </span>
          <QualityMark assessment={assessment} sample={sample} />
        </span>
      </button>
      <Button
        look="quiet"
        square
        aria-pressed={picked}
        className={css.add}
        aria-label={picked ? t("chart.remove", { name }) : text("add", { name })}
        onClick={() => onAdd(tag.id)}
      >
        <Icon name={picked ? "check" : "plus"} />
      </Button>
    </li>
  );
}
