import { SchemaForm } from "@forms/SchemaForm";
import { inlined, type PropSchema } from "@forms/schema";
import type { Bound } from "@runtime/binding";
import { signalsFor } from "@runtime/binding";
import { Icon } from "@sdk";
import { signalMeta } from "@sdk/bindings/signal";
import { useState } from "react";
import type { Element } from "../../generated/documents.gen";
import { BoundValue } from "../pickers/BoundValue";
import { useDesignScope } from "../pickers/design_scope";
import { wantedByProp } from "../pickers/wanted";
import { type SetMember, useSetMember } from "./edit";
import css from "./inspector.module.css";
import { useInspectorTexts } from "./texts";

interface PropsProps {
  id: string;
  element: Element;
  schema: PropSchema;
  search: string;
}

const NO_PROPS = {};

/** Whether a property may follow data: single values, not lists or objects. */
export function followsData(schema: PropSchema): boolean {
  const { type } = inlined(schema);
  return type !== "array" && type !== "object";
}

/** The configuration of one element: a form made of its schema, each property with its bind toggle. */
export function PropsSection({ id, element, schema, search }: PropsProps) {
  const t = useInspectorTexts();
  const set = useSetMember([id]);
  const [opened, setOpened] = useState<string | null>(null);
  const unitOf = useInputUnits(element);
  const binds = element.bind ?? NO_PROPS;
  const locked = element.locked ?? false;
  return (
    <SchemaForm
      schema={schema}
      value={element.props ?? NO_PROPS}
      search={search}
      disabled={locked}
      unitOf={unitOf}
      onChange={(name, value, typing) => set(t("change.prop", { name }), ["props", name], value, typing)}
      bindings={{
        bound: (pointer, prop, label) => {
          const bound = (binds as Record<string, Bound>)[pointer] ?? null;
          if (!bound && opened !== pointer) return null;
          return (
            <BoundValue
              label={label}
              wanted={wantedByProp(prop)}
              bound={bound}
              element={id}
              disabled={locked}
              startOpen={opened === pointer && !bound}
              onStarted={() => setOpened(null)}
              onChange={(next, typing) =>
                setBinding(set, t("change.bind", { name: label }), pointer, next, typing)
              }
            />
          );
        },
        toggle: (pointer, prop, label) =>
          followsData(prop) && !(pointer in binds) && !locked ? (
            <button
              type="button"
              className={css.small}
              aria-label={t("bind", { name: label })}
              title={t("bind", { name: label })}
              onClick={() => setOpened(pointer)}
            >
              <Icon name="link" size={14} />
            </button>
          ) : null,
      }}
    />
  );
}

/** Sets or takes away one binding. */
export function setBinding(
  set: SetMember,
  label: string,
  pointer: string,
  bound: Bound | null,
  typing: boolean,
): void {
  set(label, ["bind", pointer], bound ?? undefined, typing);
}

/** The unit of what an input is bound to, for the numbers that are in it. */
function useInputUnits(element: Element): (input: string) => string {
  const scope = useDesignScope();
  return (input) => {
    const bound = element.bind?.[`/${input}`] ?? element.bind?.[`/${input}/0`];
    const signal = bound ? signalsFor(scope, "unit", bound)[0] : undefined;
    return signal ? (signalMeta(signal).unit ?? "") : "";
  };
}
