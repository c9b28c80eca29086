import { Button, formatMoment, Icon, useLink, useLocale, useServerNow } from "@sdk";
import { type ReactNode, useRef } from "react";
import { useFit } from "./fit";
import css from "./kiosk.module.css";
import { type Stop, useAttended, useRotation, useWakeLock } from "./rotation";
import { useKioskTexts } from "./texts";

interface KioskProps {
  title: string;
  stops: readonly Stop[];
  /** The page that is open. */
  page: string;
  go: (stop: Stop) => void;
  leave: () => void;
  children: ReactNode;
}

/** A screen on the wall: the page alone, page after page, with the time and whether the server is heard. */
export function Kiosk({ title, stops, page, go, leave, children }: KioskProps) {
  const t = useKioskTexts();
  const attended = useAttended();
  const index = useRotation(stops, page, attended, go);
  useWakeLock();
  const held = useRef<HTMLDivElement>(null);
  const foot = useRef<HTMLElement>(null);
  const fit = useFit(held, foot);
  return (
    <div className={css.kiosk} data-kiosk="true">
      <main className={css.content}>
        <div ref={held} style={{ zoom: fit }}>
          {children}
        </div>
      </main>
      <footer ref={foot} className={css.strip}>
        <strong className="truncate" title={title}>
          {title}
        </strong>
        {stops.length > 1 && index >= 0 ? (
          <span className={css.place}>
            {t("place", { n: String(index + 1), all: String(stops.length) })}
            {attended ? ` · ${t("paused")}` : ""}
          </span>
        ) : null}
        <span className={css.spacer} />
        {attended ? <Button onClick={leave}>{t("leave")}</Button> : null}
        <LinkAndClock />
      </footer>
    </div>
  );
}

function LinkAndClock() {
  const t = useKioskTexts();
  const { language } = useLocale();
  const link = useLink();
  const now = useServerNow(1000);
  const lost = !link.up && link.lost_since_ms !== null;
  const time = formatMoment((link.lost_since_ms ?? 0) * 1000, now, language);
  return (
    <>
      <span className={css.link} data-lost={lost} role="status">
        <Icon name={lost ? "offline" : "check"} />
        {lost ? t("lost", { time }) : t("linked")}
      </span>
      <time className={css.clock}>{formatMoment(now, now, language)}</time>
    </>
  );
}
