import { Button, Icon, useLink, useServices } from "@sdk";
import { ApiError } from "@sdk/api/problem";
import { useEffect, useState } from "react";
import css from "./release.module.css";
import { releaseOf } from "./release_of";
import { useReleaseTexts } from "./release_texts";

/** How often it is asked whether another release is out, ms. Also asked when the link or the page comes back. */
export const ASK_EVERY_MS = 30_000;

/** The number of the release of an app that people get now, where it is another than the one that is open; else null. */
export function useOtherRelease(appId: string, open: number): number | null {
  const { api } = useServices();
  const link = useLink();
  const [current, setCurrent] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link that is back asks again.
  useEffect(() => {
    let gone = false;
    const ask = async () => {
      if (document.visibilityState === "hidden") return;
      try {
        const found = (await api.apps()).find((app) => app.id === appId);
        if (!gone && found) setCurrent(Number(releaseOf(found)) || null);
      } catch (error) {
        // Without an answer nothing is known of another; the banner of the connection says the rest.
        if (!(error instanceof ApiError)) throw error;
      }
    };
    const timer = setInterval(() => void ask(), ASK_EVERY_MS);
    const seen = () => void ask();
    document.addEventListener("visibilitychange", seen);
    return () => {
      gone = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [api, appId, link.up]);
  return current !== null && current !== open ? current : null;
}

interface BannerProps {
  appId: string;
  /** Number of the release that is open. */
  open: number;
  /** Reads the app again; page, parameters and range stay, for they are in the address. */
  reload: () => void;
}

/** Says that another release is out. Nothing jumps: the person says when. */
export function ReleaseBanner({ appId, open, reload }: BannerProps) {
  const text = useReleaseTexts();
  const other = useOtherRelease(appId, open);
  const [later, setLater] = useState<number | null>(null);
  const shown = other !== null && other !== later;
  return (
    <div role="status">
      {shown ? (
        <div className={css.banner}>
          <Icon name="info" />
          <span className={css.words}>{text(other > open ? "ready" : "back", { no: String(other) })}</span>
          <Button look="primary" onClick={reload}>
            {text("reload")}
          </Button>
          <Button look="quiet" onClick={() => setLater(other)}>
            {text("later")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
