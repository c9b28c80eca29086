import { QualityMark, useFormatter, useLocale, useSignal, type Value } from "@sdk";
import type { Signal } from "@sdk/bindings/signal";
import { signalMeta } from "@sdk/bindings/signal";
import type { ShownValue } from "@sdk/format/number";
import { formatValue } from "@sdk/format/number";
import { FormulaStep, type NodeProps } from "./FormulaStep";
import { HistoryStep, OriginStep } from "./OriginStep";
import css from "./panel.module.css";
import { Step } from "./Step";
import { QualitySteps, TagSteps } from "./TagSteps";
import { type ExplainTranslate, useExplainTexts } from "./texts";
import { transformWords } from "./transform_words";
import { words } from "./words";

/** One value and everything behind it, from what is shown back to where it was read. */
export function ValueNode({ title, signal, scope, depth }: NodeProps) {
  const t = useExplainTexts();
  const state = useSignal(signal);
  const shown = useFormatter(signal)(state.value);
  const { assessment, sample } = state;
  return (
    <section className={css.node} data-depth={depth} aria-label={title}>
      <header className={css.nodeHead}>
        <h3 className={css.nodeTitle}>{title}</h3>
        <span className={css.nodeValue} data-current={assessment.current}>
          {signal.problem ? "" : words(shown)}
        </span>
        <QualityMark assessment={assessment} sample={sample} always />
      </header>
      {signal.problem ? (
        <p className={css.problem}>{problemText(signal, t)}</p>
      ) : (
        <ol className={css.steps}>
          <ShownStep signal={signal} value={state.value} shown={shown} />
          <TransformStep signal={signal} before={sample?.v ?? signal.constant ?? null} />
          <OriginStep signal={signal} scope={scope} />
          <HistoryStep signal={signal} scope={scope} sample={sample} />
          <FormulaStep signal={signal} scope={scope} depth={depth} Node={ValueNode} />
          <TagSteps signal={signal} scope={scope} />
          <QualitySteps signal={signal} scope={scope} sample={sample} />
        </ol>
      )}
    </section>
  );
}

function problemText(signal: Signal, t: ExplainTranslate): string {
  if (signal.problem === "formula") return t("bad_formula");
  if (signal.problem === null) return "";
  return t(signal.problem, { role: signal.role ?? "", asset: signal.assetName ?? signal.asset ?? "" });
}

interface ShownProps {
  signal: Signal;
  value: Value;
  shown: ShownValue;
}

/** What became of the number between the store and the screen: rounding, a text for it, another unit. */
function ShownStep({ signal, value, shown }: ShownProps) {
  const t = useExplainTexts();
  const { language } = useLocale();
  const unit = signalMeta(signal).unit ?? "";
  if (value === null) return null;
  const details: string[] = [];
  if (shown.unit !== "" && unit !== "" && shown.unit !== unit) {
    const kept = formatValue(value, signal.tag ?? signal.meta ?? null, language, {
      yes: "",
      no: "",
      none: "",
    });
    details.push(t("shown_stored", { value: words(kept), unit: shown.unit }));
  }
  const exact = String(value);
  if (exact !== shown.text) details.push(t("shown_exact", { value: unit ? `${exact} ${unit}` : exact }));
  return (
    <Step name={t("shown")} details={details}>
      {words(shown)}
    </Step>
  );
}

function TransformStep({ signal, before }: { signal: Signal; before: Value }) {
  const t = useExplainTexts();
  if (signal.transforms.length === 0) return null;
  return (
    <Step name={t("steps")} details={[t("step_from", { value: String(before ?? "—") })]}>
      {signal.transforms.map((transform) => transformWords(transform, t)).join(" → ")}
    </Step>
  );
}
