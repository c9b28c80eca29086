import type { Bound } from "@runtime/binding";
import { useLocale } from "@sdk";
import { check, explain, type TypeName, type VarType } from "@sdk/expr";
import { useId, useMemo } from "react";
import type { Expression } from "../../generated/documents.gen";
import { useDesignerStore } from "../model/hooks";
import { useBoundSignal } from "../pickers/design_scope";
import { useManifests } from "../pickers/manifests";
import { Reading } from "../pickers/Reading";
import css from "./expr_editor.module.css";
import { FormulaText } from "./FormulaText";
import { useFormulaTexts } from "./texts";
import { Variables } from "./Variables";
import { type Vars, varTypeOf } from "./var_types";

interface EditorProps {
  label: string;
  value: Expression;
  onChange: (value: Expression, typing: boolean) => void;
  element?: string;
  /** Unit the result is given, where the document says one. */
  unit?: string;
  /** Type that must come out; any if not given. */
  wanted?: TypeName;
  /** Names that are there beside the variables, such as `event`. */
  given?: Readonly<Record<string, VarType>>;
}

const NO_VARS: Vars = {};
const NOTHING_GIVEN: Readonly<Record<string, VarType>> = {};

/** What the names in a formula are, before there are values. */
export function useVarTypes(
  vars: Vars,
  given: Readonly<Record<string, VarType>>,
): Readonly<Record<string, VarType>> {
  const store = useDesignerStore();
  const manifests = useManifests();
  return useMemo(() => {
    const state = store.getState();
    const own = Object.entries(vars).map(
      ([name, bound]) => [name, varTypeOf(bound, state, manifests)] as const,
    );
    return { ...given, ...Object.fromEntries(own) };
  }, [vars, given, store, manifests]);
}

/** A formula with its values as chips, checked while it is typed, and its result at this moment. */
export function ExpressionEditor(props: EditorProps) {
  const { label, value, onChange, element = "", given = NOTHING_GIVEN, wanted = "any" } = props;
  const { language } = useLocale();
  const t = useFormulaTexts();
  const id = useId();
  const vars = value.vars ?? NO_VARS;
  const types = useVarTypes(vars, given);
  const checked = useMemo(() => check(value.text, types), [value.text, types]);
  const misfit =
    wanted !== "any" && checked.type !== "any" && checked.type !== wanted && checked.problems.length === 0;
  const shown = value.text.trim() === "" ? [] : checked.problems;
  return (
    <div className={css.editor}>
      <Variables
        vars={vars}
        text={value.text}
        element={element}
        onChange={(next, text, typing) => onChange({ ...value, text, vars: next }, typing)}
      />
      <FormulaText
        id={id}
        label={t("formula", { name: label })}
        text={value.text}
        types={types}
        problems={shown}
        describedBy={`${id}p`}
        onText={(text) => onChange({ ...value, text, vars }, true)}
      />
      <div id={`${id}p`} className={css.problems} aria-live="polite">
        {shown.map((problem) => (
          <p key={`${problem.code}${problem.start}`}>{sentences(explain(problem, language))}</p>
        ))}
        {misfit ? (
          <p>{t("wanted", { wanted: t(`type.${wanted}`), found: t(`type.${checked.type}`) })}</p>
        ) : null}
      </div>
      {shown.length === 0 && value.text.trim() !== "" ? (
        <Result value={value} unit={props.unit || checked.unit || ""} element={element} />
      ) : null}
    </div>
  );
}

const sentences = ({ message, hint }: { message: string; hint: string }): string =>
  `${message} ${hint}`.trim();

function Result({ value, unit, element }: { value: Expression; unit: string; element: string }) {
  const t = useFormulaTexts();
  const bound = useMemo<Bound>(
    () => ({ source: "expression", text: value.text, vars: value.vars ?? {} }),
    [value],
  );
  const signal = useBoundSignal(bound, element);
  return (
    <div className={css.result}>
      <span>{t("result")}</span>
      {signal ? <Reading signal={signal} unit={unit} /> : null}
    </div>
  );
}
