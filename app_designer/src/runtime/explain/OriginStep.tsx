import { formatMoment, useLocale, useServices } from "@sdk";
import type { Signal } from "@sdk/bindings/signal";
import type { Sample } from "@sdk/quality";
import { isSpan, resolveRange } from "@sdk/range";
import type { RuntimeScope } from "../scope";
import { Step } from "./Step";
import { elementName } from "./target";
import { type ExplainText, useExplainTexts } from "./texts";

interface OriginProps {
  signal: Signal;
  scope: RuntimeScope;
}

/** Where a value that no device gave comes from. */
export function OriginStep({ signal, scope }: OriginProps) {
  const t = useExplainTexts();
  const { origin } = signal;
  if (!origin || origin.kind === "history") return null;
  if (origin.kind === "static") return <Step name={t("static")}>{String(signal.constant ?? "")}</Step>;
  if (origin.kind === "state") return <Step name={t("state")}>{t("state_hint", { name: origin.name })}</Step>;
  if (origin.kind === "output") {
    const block = elementName({ id: origin.element, scope });
    return <Step name={t("output")}>{t("output_hint", { name: origin.name, block })}</Step>;
  }
  const value = signal.constant === undefined ? "" : ` = ${String(signal.constant ?? "—")}`;
  return <Step name={t(origin.kind)}>{`${origin.name}${value}`}</Step>;
}

const DAY_US = 86_400e6;

/** Over which stretch a number of the history is made now. */
function windowOf(scope: RuntimeScope, range: string | null, now: number): { from: number; to: number } {
  if (range === null) return resolveRange(scope.range.get(), now);
  if (isSpan(range)) return resolveRange({ kind: "live", span: range }, now);
  return { from: now - Number.parseInt(range, 10) * DAY_US, to: now };
}

export function HistoryStep({ signal, scope, sample }: OriginProps & { sample: Sample | null }) {
  const t = useExplainTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const { origin } = signal;
  if (origin?.kind !== "history") return null;
  const now = live.clock.now();
  const { from, to } = windowOf(scope, origin.range, now);
  const words = {
    fn: t(`fn_${origin.fn}` as ExplainText),
    from: formatMoment(from, now, language),
    to: formatMoment(to, now, language),
  };
  const whose = origin.range === null ? t("history_page") : t("history_own", { span: origin.range });
  return (
    <Step key={sample?.ts} name={t("history")} details={[whose]}>
      {t("history_of", words)}
    </Step>
  );
}
