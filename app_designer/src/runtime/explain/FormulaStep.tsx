import { type ManyState, useFormatter, useManySignals } from "@sdk";
import type { Signal } from "@sdk/bindings/signal";
import { useMemo } from "react";
import type { RuntimeScope } from "../scope";
import css from "./explain.module.css";
import { withValues } from "./formula_text";
import { Step } from "./Step";
import { useExplainTexts } from "./texts";
import { ValueNode, words } from "./ValueNode";

/** Formulas inside formulas are opened to this depth. */
const DEPTH_MAX = 6;

interface FormulaProps {
  signal: Signal;
  scope: RuntimeScope;
  depth: number;
}

/** The formula of a value: as written, with the present values, and each of them with its own way back. */
export function FormulaStep({ signal, scope, depth }: FormulaProps) {
  const t = useExplainTexts();
  const { cell } = signal;
  const parts = useMemo(() => cell?.parts?.() ?? [], [cell]);
  if (!cell?.formula) return null;
  return (
    <>
      <Step name={t("formula")} details={parts.length > 1 ? [t("formula_worst")] : []}>
        <code className={css.formula}>{cell.formula}</code>
        {parts.length > 0 ? <WithValues formula={cell.formula} parts={parts} /> : null}
      </Step>
      {depth < DEPTH_MAX && parts.length > 0 ? (
        <li className={css.parts}>
          {parts.map((part) => (
            <ValueNode
              key={part.name}
              title={part.name}
              signal={part.signal}
              scope={scope}
              depth={depth + 1}
            />
          ))}
        </li>
      ) : null}
    </>
  );
}

type Parts = readonly { name: string; signal: Signal }[];

function WithValues({ formula, parts }: { formula: string; parts: Parts }) {
  const t = useExplainTexts();
  const signals = useMemo(() => parts.map(({ signal }) => signal), [parts]);
  const states = useManySignals(signals);
  const format = useFormatter(PLAIN);
  const shown = (state: ManyState | undefined): string => {
    if (!state || state.value === null) return "—";
    const { tag, meta = null } = state.signal;
    const unit = tag?.meta.unit ?? meta?.unit ?? "";
    return words({ ...format(state.value), unit });
  };
  const values = Object.fromEntries(parts.map(({ name }, index) => [name, shown(states[index])]));
  return (
    <div className={css.detail}>
      {t("formula_now")}: <code className={css.formula}>{withValues(formula, values)}</code>
    </div>
  );
}

/** Values in a formula stand as they are used: in the unit they are stored in, not in the reader's. */
const PLAIN: Signal = {
  key: "",
  asset: null,
  assetName: null,
  role: null,
  tag: null,
  problem: null,
  transforms: [],
};
