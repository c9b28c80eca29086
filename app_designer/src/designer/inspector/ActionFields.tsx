import { Combobox } from "@forms/Combobox";
import { useChoices } from "@forms/choices";
import { TextField } from "@forms/fields/TextField";
import type { Bound } from "@runtime/binding";
import { localText, useLocale } from "@sdk";
import { type ReactNode, useId } from "react";
import { elementsOf } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import { BoundValue } from "../pickers/BoundValue";
import { elementName, useManifests } from "../pickers/manifests";
import { WANTED_VALUE, type Wanted } from "../pickers/wanted";
import type { Action, ActionProps } from "./actions";
import css from "./inspector.module.css";
import { useInspectorTexts } from "./texts";

type Of<K extends Action["action"]> = Extract<Action, { action: K }>;
type Props<K extends Action["action"]> = Omit<ActionProps, "step"> & { step: Of<K> };

/** What the step of each kind needs. */
export function ActionFields(props: ActionProps) {
  const { step } = props;
  switch (step.action) {
    case "navigate":
    case "open_dialog":
      return <PageFields {...props} step={step} />;
    case "set_state":
      return <StateFields {...props} step={step} />;
    case "write_tag":
      return <WriteTagFields {...props} step={step} />;
    case "call_method":
      return <MethodFields {...props} step={step} />;
    case "export":
      return <ExportFields {...props} step={step} />;
    case "message":
      return <MessageFields {...props} step={step} />;
    default:
      return null;
  }
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={css.field}>
      <span className={css.label}>{label}</span>
      {children}
    </div>
  );
}

function PageFields({ step, onChange, element }: Props<"navigate" | "open_dialog">) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const { pages } = useChoices();
  const target = useDesigner((state) => state.draft.pages[step.page]);
  const params = Object.entries(target?.params ?? {});
  const setParam = (name: string, bound: Bound | null) => {
    const { [name]: _, ...rest } = step.params ?? {};
    onChange({ ...step, params: bound ? { ...rest, [name]: bound } : rest }, false);
  };
  return (
    <>
      <Labelled label={t("action.page")}>
        <Combobox
          label={t("action.page")}
          clearable={false}
          choices={pages}
          value={step.page}
          onChange={(page) => page && onChange({ ...step, page }, false)}
        />
      </Labelled>
      {params.map(([name, param]) => {
        const given = step.params?.[name];
        const bound: Bound | null =
          typeof given === "string" ? { source: "static", value: given } : (given ?? null);
        const label = localText(param.label, language) || name;
        return (
          <Labelled key={name} label={label}>
            <BoundValue
              label={label}
              wanted={param.type === "asset" ? WANTED_ASSET : WANTED_VALUE}
              bound={bound}
              element={element}
              onChange={(next) => setParam(name, next)}
            />
          </Labelled>
        );
      })}
    </>
  );
}

/** A page's machine comes from this page's machine, a selected row, or is fixed. */
const WANTED_ASSET: Wanted = {
  type: "string",
  shape: "scalar",
  dimension: "any",
  from: ["param", "output", "state", "static", "expression", "user"],
};

function StateFields({ step, onChange, element }: Props<"set_state">) {
  const t = useInspectorTexts();
  const app = useDesigner((state) => state.draft.app.state);
  const page = useDesigner((state) => state.draft.pages[state.canvas]?.state);
  const names = Object.keys({ ...app, ...page });
  const known = names.includes(step.name) ? names : [step.name, ...names];
  return (
    <>
      <Labelled label={t("action.state")}>
        <select
          className={css.input}
          aria-label={t("action.state")}
          value={step.name}
          onChange={(event) => onChange({ ...step, name: event.target.value }, false)}
        >
          {known.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Labelled>
      <Value step={step} onChange={onChange} element={element} />
    </>
  );
}

function Value({ step, onChange, element }: Omit<Props<"set_state" | "write_tag">, "given" | "disabled">) {
  const t = useInspectorTexts();
  return (
    <Labelled label={t("action.value")}>
      <BoundValue
        label={t("action.value")}
        wanted={WANTED_VALUE}
        bound={step.value}
        element={element}
        onChange={(value, typing) =>
          onChange({ ...step, value: value ?? { source: "static", value: null } }, typing)
        }
      />
    </Labelled>
  );
}

const WANTED_TARGET: Wanted = {
  type: "any",
  shape: "scalar",
  dimension: "any",
  from: ["tag"],
  targets: ["device", "manual"],
};

function WriteTagFields({ step, onChange, element }: Props<"write_tag">) {
  const t = useInspectorTexts();
  const target: Bound = { source: "tag", asset: step.asset, role: step.role };
  return (
    <>
      <Labelled label={t("action.target")}>
        <BoundValue
          label={t("action.target")}
          wanted={WANTED_TARGET}
          bound={target}
          element={element}
          onChange={(bound) =>
            bound?.source === "tag" && onChange({ ...step, asset: bound.asset, role: bound.role }, false)
          }
        />
      </Labelled>
      <Value step={step} onChange={onChange} element={element} />
      <Labelled label={t("action.confirm")}>
        <select
          className={css.input}
          aria-label={t("action.confirm")}
          value={step.confirm ?? "dialog"}
          onChange={(event) => onChange({ ...step, confirm: event.target.value as "dialog" }, false)}
        >
          {(["dialog", "hold", "none"] as const).map((confirm) => (
            <option key={confirm} value={confirm}>
              {t(`confirm.${confirm}`)}
            </option>
          ))}
        </select>
      </Labelled>
    </>
  );
}

/** The elements of the canvas by name, those that fit `keep`. */
function useElements(keep: (type: string) => boolean): { id: string; type: string; name: string }[] {
  const { language } = useLocale();
  const manifests = useManifests();
  const draft = useDesigner((state) => state.draft);
  const canvas = useDesigner((state) => state.canvas);
  return Object.entries(elementsOf(draft, canvas))
    .filter(([, element]) => keep(element.type))
    .map(([id, element]) => ({
      id,
      type: element.type,
      name: elementName(element, draft, manifests, language),
    }));
}

function MethodFields({ step, onChange, element }: Props<"call_method">) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const manifests = useManifests();
  const methodsOf = (type: string) => manifests.get(type)?.methods ?? {};
  const elements = useElements((type) => Object.keys(methodsOf(type)).length > 0);
  const chosen = elements.find(({ id }) => id === step.element);
  const methods = Object.entries(chosen ? methodsOf(chosen.type) : {});
  const params = methods.find(([name]) => name === step.method)?.[1].params ?? {};
  if (elements.length === 0) return <p className={css.note}>{t("action.no_methods")}</p>;
  const choose = (id: string) => {
    const type = elements.find((one) => one.id === id)?.type ?? "";
    onChange(
      { ...step, element: id, method: Object.keys(methodsOf(type))[0] ?? step.method, params: {} },
      false,
    );
  };
  return (
    <>
      <Labelled label={t("action.element")}>
        <Combobox
          label={t("action.element")}
          clearable={false}
          choices={elements.map(({ id, name }) => ({ value: id, label: name }))}
          value={step.element}
          onChange={(id) => id && choose(id)}
        />
      </Labelled>
      <Labelled label={t("action.method")}>
        <select
          className={css.input}
          aria-label={t("action.method")}
          value={step.method}
          onChange={(event) => onChange({ ...step, method: event.target.value }, false)}
        >
          {methods.map(([name, spec]) => (
            <option key={name} value={name}>
              {localText(spec.label, language) || name}
            </option>
          ))}
        </select>
      </Labelled>
      {Object.keys(params).map((name) => (
        <Labelled key={name} label={name}>
          <BoundValue
            label={name}
            wanted={WANTED_VALUE}
            bound={step.params?.[name] ?? null}
            element={element}
            onChange={(bound, typing) => {
              const { [name]: _, ...rest } = step.params ?? {};
              onChange({ ...step, params: bound ? { ...rest, [name]: bound } : rest }, typing);
            }}
          />
        </Labelled>
      ))}
    </>
  );
}

function ExportFields({ step, onChange }: Props<"export">) {
  const t = useInspectorTexts();
  const elements = useElements(() => true);
  return (
    <Labelled label={t("action.element")}>
      <Combobox
        label={t("action.element")}
        placeholder={t("action.element_page")}
        choices={elements.map(({ id, name }) => ({ value: id, label: name }))}
        value={step.element ?? null}
        onChange={(element) => onChange({ ...step, element }, false)}
      />
    </Labelled>
  );
}

function MessageFields({ step, onChange }: Props<"message">) {
  const t = useInspectorTexts();
  const id = useId();
  return (
    <Labelled label={t("action.text")}>
      <TextField
        id={id}
        label={t("action.text")}
        schema={{ $ref: "interlock:types#/text" }}
        value={step.text}
        onChange={(text, typing) =>
          text !== undefined && onChange({ ...step, text: text as Record<string, string> }, typing ?? false)
        }
      />
    </Labelled>
  );
}
