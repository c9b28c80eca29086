import {
  Button,
  type ComponentProps,
  Icon,
  type LocalText,
  localText,
  Tile,
  useFieldTexts,
  useKept,
  useLocale,
} from "@sdk";
import { useEffect, useRef, useState } from "react";
import { type Clock, clockText, STILL, shownSeconds, spent, started, stopped } from "./clock";
import css from "./View.module.css";

export interface TimerProps {
  title?: LocalText;
  mode?: "stopwatch" | "countdown";
  duration_s?: number;
  autostart?: boolean;
}

const TICK_MS = 200;
const DURATION_S = 300;

export default function TimerView(given: ComponentProps<TimerProps>) {
  const { props, emit, output, expose, enabled, text, id, mode } = given;
  const { language } = useLocale();
  const t = useFieldTexts();
  const [clock, setClock] = useKept<Clock>(id, STILL);
  const [now, setNow] = useState(() => performance.now());
  const running = clock.since_ms !== null;
  const duration_s = props.mode === "countdown" ? (props.duration_s ?? DURATION_S) : null;
  const spent_ms = spent(clock, now);
  const seconds = shownSeconds(spent_ms, duration_s);
  const over = duration_s !== null && spent_ms >= duration_s * 1000;
  const control = {
    start: () => setClock(started(clock, performance.now())),
    stop: () => setClock(stopped(clock, performance.now())),
    reset: () => setClock(running ? { ...STILL, since_ms: performance.now() } : STILL),
  };
  const latest = useRef(control);
  latest.current = control;
  useEffect(() => {
    setNow(performance.now());
    if (!running) return;
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [running]);
  useEffect(() => {
    if (props.autostart && mode === "run") latest.current.start();
  }, [props.autostart, mode]);
  useEffect(
    () =>
      expose({
        start: () => latest.current.start(),
        stop: () => latest.current.stop(),
        reset: () => latest.current.reset(),
      }),
    [expose],
  );
  useEffect(() => {
    output("seconds", seconds);
    output("running", running);
  }, [output, seconds, running]);
  useEffect(() => {
    if (!over || clock.told) return;
    setClock({ ...clock, told: true });
    emit("elapsed", { seconds: duration_s ?? 0 });
  }, [over, clock, setClock, emit, duration_s]);
  const state = over ? "over" : running ? "running" : spent_ms > 0 ? "paused" : "still";
  return (
    <Tile title={localText(props.title, language) || text(duration_s === null ? "stopwatch" : "countdown")}>
      <span className={css.row} data-state={enabled ? state : "disabled"}>
        <span className={css.time} role="timer" aria-label={clockText(seconds)} data-over={over}>
          {clockText(seconds)}
        </span>
        <span className={css.word} role="status">
          {enabled ? text(`state_${state}`) : t("not_enabled")}
        </span>
      </span>
      <span className={css.keys}>
        <Button
          look={running ? "plain" : "primary"}
          className={css.key ?? ""}
          disabled={!enabled}
          onClick={() => {
            const next = running ? "stop" : "start";
            control[next]();
            emit(next, { seconds });
          }}
        >
          <Icon name={running ? "pause" : "play"} size={16} />
          {text(running ? "stop" : "start")}
        </Button>
        <Button className={css.key ?? ""} disabled={!enabled || spent_ms === 0} onClick={control.reset}>
          {text("reset")}
        </Button>
      </span>
    </Tile>
  );
}
