import { type ManyState, useFormatter, useManySignals } from "@sdk";
import type { Signal } from "@sdk/bindings/signal";
import { type ComponentType, useMemo } from "react";
import type { RuntimeScope } from "../scope";
import { withValues } from "./formula_text";
import css from "./panel.module.css";
import { Step } from "./Step";
import { useExplainTexts } from "./texts";
import { words } from "./words";

/** Formulas inside formulas are opened to this depth. */
const DEPTH_MAX = 6;

/** One value and everything behind it. */
export interface NodeProps {
  title: string;
  signal: Signal;
  scope: RuntimeScope;
  depth: number;
}

interface FormulaProps {
  signal: Signal;
  scope: RuntimeScope;
  depth: number;
  /** Draws a value of the formula; given, because what it draws has formulas again. */
  Node: ComponentType<NodeProps>;
}

/** The formula of a value: as written, with the present values, and each of them with its own way back. */
export function FormulaStep({ signal, scope, depth, Node }: FormulaProps) {
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
            <Node key={part.name} title={part.name} signal={part.signal} scope={scope} depth={depth + 1} />
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
