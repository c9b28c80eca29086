import { Button, formatMoment, Icon, useLocale, useQrPath, useServices } from "@sdk";
import { useRef, useState } from "react";
import { Modal } from "../Modal";
import { useTravel } from "../travel/context";
import { isLocal, linkTo } from "./link";
import css from "./share.module.css";
import { useShareTexts } from "./texts";

interface ShareProps {
  params: Readonly<Record<string, string>>;
  close: () => void;
}

/** A link and its QR code to what is shown now. */
export function ShareDialog({ params, close }: ShareProps) {
  const t = useShareTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const past = useTravel()?.moment() ?? null;
  const [moment] = useState(() => past ?? Math.floor(live.clock.now() / 1e6) * 1e6);
  const [frozen, setFrozen] = useState(past !== null);
  const link = linkTo({ href: location.href, params, at: frozen ? moment : null });
  const time = formatMoment(moment, 0, language);
  return (
    <Modal title={t("title")} close={close}>
      <div className={css.share}>
        <p className={css.hint}>{t("what")}</p>
        {past === null ? (
          <label className={css.freeze}>
            <input type="checkbox" checked={frozen} onChange={(event) => setFrozen(event.target.checked)} />
            <span>
              {t("moment")}
              <span className={css.hint}>{frozen ? t("moment_hint", { time }) : t("live")}</span>
            </span>
          </label>
        ) : (
          <p>{t("moment_hint", { time })}</p>
        )}
        <Qr link={link} />
        <Link link={link} />
        {isLocal(link) ? (
          <p className={css.warn}>
            <Icon name="warn" size={16} /> {t("local")}
          </p>
        ) : null}
      </div>
    </Modal>
  );
}

const QUIET = 4;

function Qr({ link }: { link: string }) {
  const t = useShareTexts();
  const code = useQrPath(link);
  if (code === null) return <p className={css.hint}>{t("too_long")}</p>;
  if (!code) return <span className={css.qr} aria-busy="true" />;
  const side = code.size + 2 * QUIET;
  return (
    <svg className={css.qr} viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`} role="img" aria-label={t("qr")}>
      <rect className={css.paper} x={-QUIET} y={-QUIET} width={side} height={side} />
      <path className={css.ink} d={code.path} shapeRendering="crispEdges" />
    </svg>
  );
}

function Link({ link }: { link: string }) {
  const t = useShareTexts();
  const field = useRef<HTMLInputElement>(null);
  const [done, setDone] = useState<"copied" | "copy_failed" | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setDone("copied");
    } catch (error) {
      // No clipboard on an address without encryption, or refused: the link is selected to be copied by hand.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      field.current?.focus();
      field.current?.select();
      setDone("copy_failed");
    }
  };
  return (
    <div className={css.link}>
      <input
        ref={field}
        className={css.field}
        readOnly
        value={link}
        aria-label={t("link")}
        onFocus={(event) => event.target.select()}
      />
      <Button look="primary" onClick={() => void copy()}>
        <Icon name="copy" size={16} />
        {t("copy")}
      </Button>
      <span className={css.hint} role="status">
        {done ? t(done) : ""}
      </span>
    </div>
  );
}
