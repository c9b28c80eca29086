import { Button, formatMoment, Icon, useLocale } from "@sdk";
import { siteZone } from "@sdk/format/zone";
import { type PastWorld, SPEEDS, type Speed } from "@sdk/travel/past_world";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { fromLocalInput, toLocalInput } from "../RangeBar";
import { useTravelTexts } from "./texts";
import css from "./travel.module.css";

const HOUR_US = 3_600e6;
const SPANS = { hour: HOUR_US, shift: 8 * HOUR_US, day: 24 * HOUR_US, week: 168 * HOUR_US } as const;
type Span = keyof typeof SPANS;
/** A hand that rests so long has found its moment. */
const REST_MS = 150;
const STEPS = 720;

interface BarProps {
  world: PastWorld;
  setAt: (at: number | null, replace: boolean) => void;
}

/** Says which moment is shown, and leads to others: playing, in steps, along a line, by date, and back to live. */
export function TravelBar({ world, setAt }: BarProps) {
  const t = useTravelTexts();
  const { language } = useLocale();
  const { moment, seeking, error } = useSyncExternalStore(world.subscribe, world.snapshot);
  const jump = (at: number) => setAt(Math.min(Math.round(at), world.end()), true);
  const zone = siteZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const time = formatMoment(moment, 0, language);
  return (
    <section className={css.bar} aria-label={t("title")} data-travel="bar">
      <div className={css.said}>
        <Icon name="clock" />
        <strong className={css.moment} data-moment={moment} aria-live="polite">
          {t("as_of", { time })}
        </strong>
        <span className={css.hint}>{t("zone", { zone })}</span>
        <span className={css.hint}>{seeking ? t("loading") : t("now_hint")}</span>
        <Button look="primary" className={css.live} onClick={() => setAt(null, false)}>
          <Icon name="play" size={16} />
          {t("live")}
        </Button>
      </div>
      {error ? (
        <div className={css.error} role="alert">
          <Icon name="warn" />
          {t("error", { time })}
          <Button onClick={() => void world.seek(moment)}>{t("retry")}</Button>
        </div>
      ) : null}
      <div className={css.controls}>
        <Player world={world} jump={jump} setAt={setAt} />
        <Line world={world} jump={jump} />
        <Exact key={Math.floor(moment / 1e6)} moment={moment} jump={jump} />
      </div>
    </section>
  );
}

function Player({ world, jump, setAt }: BarProps & { jump: (at: number) => void }) {
  const t = useTravelTexts();
  const { moment, playing } = useSyncExternalStore(world.subscribe, world.snapshot);
  const [speed, setSpeed] = useState<Speed>(1);
  const minute = "1 min";
  const choose = (next: Speed) => {
    setSpeed(next);
    if (playing !== null) world.play(next);
  };
  const toggle = () => {
    if (playing === null) return world.play(speed);
    world.pause();
    setAt(world.snapshot().moment, true);
  };
  return (
    <div className={css.player}>
      <Button
        square
        aria-label={t("back", { step: minute })}
        title={t("back", { step: minute })}
        onClick={() => jump(moment - 60e6)}
      >
        <Icon name="back" />
      </Button>
      <Button
        square
        aria-label={t(playing === null ? "play" : "pause")}
        title={t(playing === null ? "play" : "pause")}
        onClick={toggle}
      >
        <Icon name={playing === null ? "play" : "pause"} />
      </Button>
      <Button
        square
        aria-label={t("forward", { step: minute })}
        title={t("forward", { step: minute })}
        onClick={() => jump(moment + 60e6)}
      >
        <Icon name="forward" />
      </Button>
      <select
        className={css.field}
        aria-label={t("speed")}
        value={speed}
        onChange={(event) => choose(Number(event.target.value) as Speed)}
      >
        {SPEEDS.map((one) => (
          <option key={one} value={one}>
            {t("speed_of", { n: String(one) })}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The stretch a line covers: it ends now, or, for a moment further back, has it in its middle. */
export function stretchOf(moment: number, end: number, span: number): { from: number; to: number } {
  if (end - moment <= span) return { from: end - span, to: end };
  return { from: moment - span / 2, to: moment + span / 2 };
}

function spanFor(moment: number, end: number): Span {
  const names = Object.keys(SPANS) as Span[];
  return names.find((name) => end - moment <= SPANS[name] * 0.9) ?? "week";
}

/** A line to slide along. The moment is shown once the hand rests. */
function Line({ world, jump }: { world: PastWorld; jump: (at: number) => void }) {
  const t = useTravelTexts();
  const { language } = useLocale();
  const { moment } = useSyncExternalStore(world.subscribe, world.snapshot);
  const [span, setSpan] = useState<Span>(() => spanFor(moment, world.end()));
  const [drawn, setDrawn] = useState<number | null>(null);
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [frame, setFrame] = useState(() => stretchOf(moment, world.end(), SPANS[span]));
  useEffect(() => () => clearTimeout(rest.current), []);
  const outside = moment < frame.from || moment > frame.to;
  useEffect(() => {
    if (outside) setFrame(stretchOf(moment, world.end(), SPANS[span]));
  }, [outside, moment, span, world]);
  const slide = (at: number) => {
    setDrawn(at);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => {
      jump(at);
      setDrawn(null);
    }, REST_MS);
  };
  const step = Math.max(1e6, Math.round(SPANS[span] / STEPS / 1e6) * 1e6);
  return (
    <>
      <input
        type="range"
        className={css.line}
        aria-label={t("scrub")}
        aria-valuetext={formatMoment(drawn ?? moment, 0, language)}
        min={frame.from}
        max={frame.to}
        step={step}
        value={drawn ?? moment}
        onChange={(event) => slide(Number(event.target.value))}
      />
      <select
        className={css.field}
        aria-label={t("span")}
        value={span}
        onChange={(event) => {
          const next = event.target.value as Span;
          setSpan(next);
          setFrame(stretchOf(moment, world.end(), SPANS[next]));
        }}
      >
        {(Object.keys(SPANS) as Span[]).map((name) => (
          <option key={name} value={name}>
            {t(`span_${name}`)}
          </option>
        ))}
      </select>
    </>
  );
}

/** A moment by date and time, in the zone the times are shown in. */
function Exact({ moment, jump }: { moment: number; jump: (at: number) => void }) {
  const t = useTravelTexts();
  const [text, setText] = useState(() => toLocalInput(moment));
  const done = () => {
    const at = fromLocalInput(text);
    if (Number.isFinite(at) && text !== toLocalInput(moment)) jump(at);
  };
  return (
    <input
      type="datetime-local"
      step={1}
      className={css.field}
      aria-label={t("choose")}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={done}
      onKeyDown={(event) => event.key === "Enter" && done()}
    />
  );
}
