import { Button, formatMoment, Icon, useLocale, useRange, useServices } from "@sdk";
import { foreignZone, momentOf, wallTime } from "@sdk/format/zone";
import { type LiveSpan, resolveRange, SPANS } from "@sdk/range";
import { useEffect, useRef, useState } from "react";
import choose from "./choose.module.css";
import css from "./runtime.module.css";

/** The page's time range: spans, custom, pause and back to live. What it chooses is in the URL. */
export function RangeBar() {
  const { t } = useLocale();
  const { live, past = false } = useServices();
  const { choice, setChoice } = useRange();
  const [open, setOpen] = useState(false);
  const last = useRef<LiveSpan>("1h");
  if (choice.kind === "live") last.current = choice.span;
  const pause = () => {
    const window = resolveRange(choice, live.clock.now());
    setChoice({ kind: "fixed", from: window.from, to: window.to });
  };
  return (
    <div className={css.range}>
      <fieldset className={choose.segments}>
        <legend className="visually-hidden">{t("range.group")}</legend>
        {SPANS.map((span) => (
          <button
            key={span}
            type="button"
            className={choose.segment}
            aria-pressed={choice.kind === "live" && choice.span === span}
            onClick={() => setChoice({ kind: "live", span })}
          >
            {t(`range.span.${span}`)}
          </button>
        ))}
        <button
          type="button"
          className={choose.segment}
          aria-pressed={choice.kind === "fixed"}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {t("range.custom")}
        </button>
      </fieldset>
      {choice.kind === "live" && past ? null : choice.kind === "live" ? (
        <Button className={css.live} onClick={pause} title={t("range.live")}>
          <Icon name="pause" size={16} />
          <span className={css.word}>{t("range.pause")}</span>
        </Button>
      ) : (
        <>
          <Button
            className={css.live}
            look="primary"
            onClick={() => setChoice({ kind: "live", span: last.current })}
          >
            <Icon name="play" size={16} />
            <span className="truncate" title={t("range.live_back")}>
              {t("range.live")}
            </span>
          </Button>
          <Shown />
        </>
      )}
      {open ? <Custom close={() => setOpen(false)} /> : null}
    </div>
  );
}

/** The fixed window in words. */
function Shown() {
  const { language } = useLocale();
  const { live } = useServices();
  const { choice } = useRange();
  if (choice.kind !== "fixed") return null;
  const now = live.clock.now();
  return (
    <span className={`${css.paused} truncate`}>
      {formatMoment(choice.from, now, language)} – {formatMoment(choice.to, now, language)}
    </span>
  );
}

/** A moment as `datetime-local` wants it, in the site's zone. */
export function toLocalInput(us: number): string {
  const { year, month, day, hour, minute, second } = wallTime(us);
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second)).toISOString().slice(0, 19);
}

/** The moment (µs UTC) that such a text means in the site's zone; NaN for one that is not a time. */
export function fromLocalInput(text: string): number {
  const at = new Date(`${text}Z`);
  if (Number.isNaN(at.getTime())) return Number.NaN;
  return momentOf({
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  });
}

function Custom({ close }: { close: () => void }) {
  const { t } = useLocale();
  const { live } = useServices();
  const { choice, setChoice } = useRange();
  const window = resolveRange(choice, live.clock.now());
  const [from, setFrom] = useState(toLocalInput(window.from));
  const [to, setTo] = useState(toLocalInput(window.to));
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    const key = (event: KeyboardEvent) => event.key === "Escape" && close();
    const press = (event: PointerEvent) =>
      !box.current?.parentElement?.contains(event.target as Node) && close();
    document.addEventListener("keydown", key);
    document.addEventListener("pointerdown", press);
    return () => {
      document.removeEventListener("keydown", key);
      document.removeEventListener("pointerdown", press);
    };
  }, [close]);
  const begin = fromLocalInput(from);
  const end = fromLocalInput(to);
  const zone = foreignZone(live.clock.now());
  const wrong = !(end - begin >= 1e6);
  return (
    <form
      ref={box}
      className={css.custom}
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong) return;
        setChoice({ kind: "fixed", from: begin, to: end });
        close();
      }}
    >
      <label>
        {t("range.from")}
        <input
          type="datetime-local"
          step={1}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          required
        />
      </label>
      <label>
        {t("range.to")}
        <input
          type="datetime-local"
          step={1}
          value={to}
          onChange={(event) => setTo(event.target.value)}
          required
        />
      </label>
      {zone ? <p className={css.hint}>{t("range.zone", { zone })}</p> : null}
      {wrong ? <p className={css.problem}>{t("range.custom_bad")}</p> : null}
      <Button look="primary" type="submit" disabled={wrong}>
        {t("range.apply")}
      </Button>
    </form>
  );
}
