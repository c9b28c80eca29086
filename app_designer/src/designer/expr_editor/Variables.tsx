import type { Bound } from "@runtime/binding";
import { Icon } from "@sdk";
import { useEffect, useRef, useState } from "react";
import { BindingPicker } from "../pickers/BindingPicker";
import { useDescribe } from "../pickers/describe";
import { useBoundSignal } from "../pickers/design_scope";
import { Reading } from "../pickers/Reading";
import { asVariable, variableName } from "../pickers/SourcePanes";
import { WANTED_VARIABLE } from "../pickers/wanted";
import css from "./expr_editor.module.css";
import { nameAllowed, renamed } from "./formula";
import { useFormulaTexts } from "./texts";
import type { Vars } from "./var_types";

const VARS_MAX = 32;

interface VariablesProps {
  vars: Vars;
  text: string;
  element: string;
  onChange: (vars: Vars, text: string, typing: boolean) => void;
}

/** The values a formula calculates with: each a name of its own and a source that is picked. */
export function Variables({ vars, text, element, onChange }: VariablesProps) {
  const t = useFormulaTexts();
  const anchor = useRef<HTMLDivElement>(null);
  /** The variable whose source is picked; empty: a new one. */
  const [picked, setPicked] = useState<string | null>(null);
  const names = Object.keys(vars);
  const choose = (bound: Bound) => {
    const variable = asVariable(bound);
    if (!variable) return;
    if (picked) return onChange({ ...vars, [picked]: variable }, text, false);
    const name = variableName(bound, new Set(names));
    onChange({ ...vars, [name]: variable }, text.trim() === "" ? name : text, false);
  };
  const rename = (from: string, to: string) => {
    const entries = Object.entries(vars).map(([name, bound]) => [name === from ? to : name, bound] as const);
    onChange(Object.fromEntries(entries), renamed(text, from, to), false);
  };
  const remove = (name: string) => {
    const { [name]: _, ...rest } = vars;
    onChange(rest, text, false);
  };
  return (
    <div ref={anchor} className={css.vars}>
      {names.length === 0 ? <p className={css.hint}>{t("no_names")}</p> : null}
      {Object.entries(vars).map(([name, bound]) => (
        <Chip
          key={name}
          name={name}
          bound={bound}
          taken={names}
          element={element}
          onRename={rename}
          onPick={() => setPicked(name)}
          onRemove={() => remove(name)}
        />
      ))}
      {names.length < VARS_MAX ? (
        <button type="button" className={css.add} onClick={() => setPicked("")}>
          <Icon name="plus" size={14} />
          {t("add")}
        </button>
      ) : null}
      {picked !== null ? (
        <BindingPicker
          anchor={anchor.current}
          wanted={WANTED_VARIABLE}
          current={picked ? (vars[picked] ?? null) : null}
          element={element}
          onChoose={choose}
          onClose={() => setPicked(null)}
        />
      ) : null}
    </div>
  );
}

interface ChipProps {
  name: string;
  bound: Vars[string];
  taken: readonly string[];
  element: string;
  onRename: (from: string, to: string) => void;
  onPick: () => void;
  onRemove: () => void;
}

function Chip({ name, bound, taken, element, onRename, onPick, onRemove }: ChipProps) {
  const t = useFormulaTexts();
  const describe = useDescribe();
  const signal = useBoundSignal(bound, element);
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  const allowed = typed === name || nameAllowed(typed, new Set(taken));
  const { title } = describe(bound);
  const commit = () => {
    if (typed !== name && allowed) onRename(name, typed);
    else setTyped(name);
  };
  return (
    <div className={css.chip}>
      <input
        className={css.name}
        value={typed}
        size={Math.max(3, typed.length)}
        aria-label={t("rename", { source: title })}
        aria-invalid={!allowed}
        title={allowed ? undefined : t("rename_bad")}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setTyped(name);
        }}
      />
      <button type="button" className={css.source} title={title} onClick={onPick}>
        <span className="truncate">{title}</span>
        {signal ? <Reading signal={signal} /> : null}
      </button>
      <button
        type="button"
        className={css.remove}
        aria-label={t("remove", { name })}
        title={t("remove", { name })}
        onClick={onRemove}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
