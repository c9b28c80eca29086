import { ScalarField } from "@forms/fields/ChoiceFields";
import { freeId, idFrom } from "@forms/ids";
import type { Bound } from "@runtime/binding";
import { Icon, localText, useLocale } from "@sdk";
import { type ReactNode, useState } from "react";
import type { StateSpec } from "../../generated/documents.gen";
import { canvasPath, elementsOf, isBlockCanvas } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { pickOnCanvas } from "./canvas_pick";
import { paramsOf, paramValue, useBoundSignal } from "./design_scope";
import { elementName, useManifests } from "./manifests";
import css from "./pickers.module.css";
import { Reading } from "./Reading";
import { usePickerTexts } from "./texts";
import type { Wanted } from "./wanted";

interface PaneProps {
  wanted: Wanted;
  onChoose: (bound: Bound) => void;
}

interface OptionProps {
  title: string;
  hint?: string | undefined;
  bound: Bound;
  onChoose: (bound: Bound) => void;
}

/** One source with its live value. */
function SourceOption({ title, hint, bound, onChoose }: OptionProps) {
  const signal = useBoundSignal(bound);
  return (
    <button type="button" className={css.option} onClick={() => onChoose(bound)}>
      <span className={css.names}>
        <span className="truncate">{title}</span>
        {hint ? <span className={`${css.hint} truncate`}>{hint}</span> : null}
      </span>
      {signal ? <Reading signal={signal} /> : null}
    </button>
  );
}

const Pane = ({ children }: { children: ReactNode }) => (
  <div className={`${css.body} ${css.pane}`}>{children}</div>
);

export function StatePane({ onChoose }: PaneProps) {
  const t = usePickerTexts();
  const app = useDesigner((state) => state.draft.app.state);
  const page = useDesigner((state) => {
    const content = isBlockCanvas(state.canvas) ? null : state.draft.pages[state.canvas];
    return content?.state;
  });
  const states: [string, StateSpec][] = Object.entries({ ...app, ...page });
  return (
    <Pane>
      {states.length === 0 ? <p className={css.paneText}>{t("no_states")}</p> : null}
      {states.map(([name, spec]) => (
        <SourceOption
          key={name}
          title={name}
          hint={t(`state_type.${spec.type}`)}
          bound={{ source: "state", name }}
          onChoose={onChoose}
        />
      ))}
      <NewState taken={states.map(([name]) => name)} onMade={(name) => onChoose({ source: "state", name })} />
    </Pane>
  );
}

function NewState({ taken, onMade }: { taken: string[]; onMade: (name: string) => void }) {
  const t = usePickerTexts();
  const store = useDesignerStore();
  const [name, setName] = useState("");
  const [type, setType] = useState<StateSpec["type"]>("number");
  const add = () => {
    const { canvas } = store.getState();
    const id = freeId(idFrom(name, "state"), new Set(taken));
    const holder = isBlockCanvas(canvas) ? ["app"] : canvasPath(canvas);
    store.change(t("state_add"), [{ path: [...holder, "state", id], value: { type } }]);
    onMade(id);
  };
  return (
    <div className={css.line}>
      <label className={css.labelled}>
        {t("state_name")}
        <input className={css.input} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <select
        className={css.input}
        style={{ width: "8em" }}
        aria-label={t("state")}
        value={type}
        onChange={(event) => setType(event.target.value as StateSpec["type"])}
      >
        {(["number", "text", "boolean"] as const).map((one) => (
          <option key={one} value={one}>
            {t(`state_type.${one}`)}
          </option>
        ))}
      </select>
      <button type="button" className={css.action} disabled={name.trim() === ""} onClick={add}>
        <Icon name="plus" size={16} />
        {t("state_add")}
      </button>
    </div>
  );
}

interface OutputPaneProps extends PaneProps {
  /** The element that is bound: it cannot read itself. */
  element: string;
  onPicking: (picking: boolean) => void;
}

export function OutputPane({ onChoose, element, onPicking }: OutputPaneProps) {
  const t = usePickerTexts();
  const { language } = useLocale();
  const manifests = useManifests();
  const draft = useDesigner((state) => state.draft);
  const canvas = useDesigner((state) => state.canvas);
  const elements = elementsOf(draft, canvas);
  const [only, setOnly] = useState<string | null>(null);
  const all = Object.entries(elements).flatMap(([id, one]) =>
    id === element || (only !== null && id !== only)
      ? []
      : Object.entries(manifests.get(one.type)?.outputs ?? {}).map(([output, spec]) => ({
          id,
          output,
          title: elementName(one, draft, manifests, language),
          hint: localText(spec.label, language),
        })),
  );
  const pick = () => {
    onPicking(true);
    pickOnCanvas((id) => {
      onPicking(false);
      const outputs = Object.keys(manifests.get(elements[id]?.type ?? "")?.outputs ?? {});
      if (outputs.length === 1 && outputs[0] && id !== element)
        onChoose({ source: "output", element: id, output: outputs[0] });
      else setOnly(id);
    });
  };
  return (
    <Pane>
      <button type="button" className={css.action} onClick={pick}>
        <Icon name="target" size={16} />
        {t("pick_on_page")}
      </button>
      {all.length === 0 ? <p className={css.paneText}>{t("no_outputs")}</p> : null}
      {all.map(({ id, output, title, hint }) => (
        <SourceOption
          key={`${id}.${output}`}
          title={title}
          hint={hint}
          bound={{ source: "output", element: id, output }}
          onChoose={onChoose}
        />
      ))}
    </Pane>
  );
}

export function ParamPane({ onChoose }: PaneProps) {
  const t = usePickerTexts();
  const { language } = useLocale();
  const draft = useDesigner((state) => state.draft);
  const canvas = useDesigner((state) => state.canvas);
  const values = useDesigner((state) =>
    Object.keys(paramsOf(state.draft, state.canvas)).map((name) => paramValue(state, name)),
  );
  const params = Object.entries(paramsOf(draft, canvas));
  return (
    <Pane>
      {params.length === 0 ? <p className={css.paneText}>{t("no_params")}</p> : null}
      {params.map(([name, param], index) => (
        <SourceOption
          key={name}
          title={localText(param.label, language) || name}
          hint={values[index]}
          bound={{ source: "param", param: name }}
          onChoose={onChoose}
        />
      ))}
    </Pane>
  );
}

export function UserPane({ onChoose }: PaneProps) {
  const t = usePickerTexts();
  return (
    <Pane>
      {(["name", "role", "tenant"] as const).map((field) => (
        <button
          key={field}
          type="button"
          className={css.option}
          onClick={() => onChoose({ source: "user", field })}
        >
          {t(`user.${field}`)}
        </button>
      ))}
    </Pane>
  );
}

const START = { number: 0, integer: 0, boolean: true, string: "", any: 0 } as const;

export function ConstantPane({ wanted, onChoose }: PaneProps) {
  const t = usePickerTexts();
  const [value, setValue] = useState<unknown>(START[wanted.type]);
  return (
    <Pane>
      <ScalarField
        id="picker-constant"
        label={t("constant")}
        depth={1}
        schema={{}}
        value={value}
        onChange={setValue}
      />
      <button
        type="button"
        className={css.action}
        data-primary="true"
        onClick={() =>
          onChoose({ source: "static", value: (value ?? null) as string | number | boolean | null })
        }
      >
        {t("constant_use")}
      </button>
    </Pane>
  );
}

export function FormulaPane({ onChoose, current }: PaneProps & { current: Bound | null }) {
  const t = usePickerTexts();
  return (
    <Pane>
      <p className={css.paneText}>{t("formula_hint")}</p>
      <button
        type="button"
        className={css.action}
        data-primary="true"
        onClick={() => onChoose(formulaFrom(current))}
      >
        <Icon name="formula" size={16} />
        {t("formula_use")}
      </button>
    </Pane>
  );
}

type Variable = NonNullable<Extract<Bound, { source: "expression" }>["vars"]>[string];

/** What may stand behind a name in a formula; null: not this. */
export function asVariable(bound: Bound | null): Variable | null {
  const none = ["expression", "record", "query", "alarm"];
  return bound && !none.includes(bound.source) ? (bound as Variable) : null;
}

/** A formula to begin with: over what was bound before, so that nothing has to be picked twice. */
export function formulaFrom(current: Bound | null): Bound {
  if (current?.source === "expression") return current;
  const variable = asVariable(current);
  if (!variable || variable.source === "static") return { source: "expression", text: "", vars: {} };
  const name = variableName(variable, new Set());
  return { source: "expression", text: name, vars: { [name]: variable } };
}

/** A name for a binding in a formula: of its role, state, output or parameter. */
export function variableName(bound: Bound, taken: ReadonlySet<string>): string {
  const wish =
    bound.source === "tag" || bound.source === "history"
      ? bound.role
      : bound.source === "state"
        ? bound.name
        : bound.source === "output"
          ? bound.output
          : bound.source === "param"
            ? bound.param
            : bound.source === "user"
              ? `user_${bound.field}`
              : "value";
  const plain = wish
    .replace(/[^a-zA-Z0-9_]+/g, "_")
    .replace(/^([0-9])/, "v$1")
    .replace(/^_+$/, "");
  return freeId(plain.slice(0, 36) || "values", taken);
}
