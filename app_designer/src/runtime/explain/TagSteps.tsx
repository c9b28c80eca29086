import { formatDuration, formatMoment, useFormatter, useLocale, useServerNow, useServices } from "@sdk";
import type { Tag } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { type Signal, signalName } from "@sdk/bindings/signal";
import { isBad, qualityWord, type Sample } from "@sdk/quality";
import { roleRowAt } from "../binding";
import type { LoadedApp } from "../scope";
import { Step } from "./Step";
import { type ExplainTranslate, useExplainTexts } from "./texts";
import { words } from "./words";

interface TagProps {
  signal: Signal;
  /** What is known of the plant; without the role map it is not said since when a tag plays its role. */
  scope: { loaded: Pick<LoadedApp, "assets" | "roles"> };
}

const LEVELS_MAX = 12;

/** The names of an asset and of those it is part of, outermost first. */
export function placeOf(loaded: Pick<LoadedApp, "assets">, id: string, language: "en" | "zh-CN"): string {
  const names: string[] = [];
  let at: string | null = id;
  while (at !== null && names.length < LEVELS_MAX) {
    const asset = loaded.assets.get(at);
    names.unshift(assetName(asset, at, language));
    at = asset?.parent ?? null;
  }
  return names.join(" › ");
}

/** Machine and role, the tag that plays it and since when, and where it is read. */
export function TagSteps({ signal, scope }: TagProps) {
  const t = useExplainTexts();
  const { language } = useLocale();
  const now = useServerNow(0);
  const { tag, asset, role } = signal;
  if (!tag) return null;
  const row = asset && role ? roleRowAt(scope.loaded, asset, role, now) : null;
  const since = row?.valid_from ?? 0;
  const named = signalName(signal, language);
  const fromBeginning = t("role_always");
  return (
    <>
      {asset && role ? (
        <Step
          name={t("role")}
          details={
            row
              ? [since > 0 ? t("role_since", { time: formatMoment(since, now, language) }) : fromBeginning]
              : []
          }
        >
          {`${placeOf(scope.loaded, asset, language)} · ${role}`}
        </Step>
      ) : null}
      <Step name={t("tag")} details={[named === tag.key ? "" : named, atWords(tag, t)]}>
        {tag.key}
      </Step>
      <SourceStep tag={tag} />
    </>
  );
}

function atWords(tag: Tag, t: ExplainTranslate): string {
  return t("tag_at", { edge: tag.edge, connection: tag.connection });
}

function thinnedWords(tag: Tag, t: ExplainTranslate): string {
  const { thinned, unit } = tag.meta;
  if (!thinned) return "";
  const within = `${thinned.within} ${unit ?? ""}`.trim();
  return t(`thinned_${thinned.by}`, { within, s: String(thinned.silence_max_s) });
}

function SourceStep({ tag }: { tag: Tag }) {
  const t = useExplainTexts();
  const { address, scan_ms } = tag.meta;
  if (tag.connection === "manual" || tag.edge === "manual") return <Step name={t("source_typed")} />;
  return (
    <Step
      name={t("source")}
      details={[scan_ms ? t("source_scan", { ms: String(scan_ms) }) : "", thinnedWords(tag, t)]}
    >
      {address ? t("source_address", { address }) : t("source_none")}
    </Step>
  );
}

interface QualityProps extends TagProps {
  sample: Sample | null;
}

const WAITING = 140;

/** The judgement of the device and the times behind a value. Constants have neither. */
export function QualitySteps({ signal, sample }: QualityProps) {
  const { language, t: shared } = useLocale();
  const t = useExplainTexts();
  const now = useServerNow(1000);
  const format = useFormatter(signal);
  const { past = false } = useServices();
  if (signal.constant !== undefined || signal.cell?.live === false) return null;
  if (!sample || sample.q === WAITING) return <Step name={t("quality")}>{t("waiting")}</Step>;
  const time = (us: number) =>
    t("time_age", { time: formatMoment(us, now, language), age: formatDuration(now - us, shared) });
  const { good } = sample;
  return (
    <>
      <Step name={t("quality")}>
        {t("quality_code", { word: shared(qualityWord(sample.q)), q: String(sample.q) })}
      </Step>
      {Number.isFinite(sample.ts) && sample.ts > 0 ? (
        <Step
          name={t("time")}
          details={[t(past ? (sample.fresh === 2 ? "fresh_gap" : "fresh_past") : `fresh_${sample.fresh}`)]}
        >
          {time(sample.ts)}
        </Step>
      ) : null}
      {isBad(sample.q) && good ? (
        <Step name={t("last_good")} details={[time(good.ts)]}>
          {words(format(good.v))}
        </Step>
      ) : null}
    </>
  );
}
