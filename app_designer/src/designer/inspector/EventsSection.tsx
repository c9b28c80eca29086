import { Icon, localText, useLocale } from "@sdk";
import type { VarType } from "@sdk/expr";
import { useMemo } from "react";
import type { ComponentManifest, Element } from "../../generated/documents.gen";
import { elementsOf } from "../model/canvas_key";
import { useDesignerStore } from "../model/hooks";
import { elementPath } from "../model/operations";
import { useManifests } from "../pickers/manifests";
import { paramAssets } from "../pickers/plant_rows";
import { ActionEditor } from "./ActionEditor";
import { ACTION_KINDS, type Action, type ActionKind, newAction, savedSteps, stepsOf } from "./actions";
import { useChange } from "./edit";
import css from "./inspector.module.css";
import { useInspectorTexts } from "./texts";

interface EventsProps {
  id: string;
  element: Element;
  events: NonNullable<ComponentManifest["events"]>;
}

const STEPS_MAX = 16;

/** What happens when the block reports something. */
export function EventsSection({ id, element, events }: EventsProps) {
  return Object.entries(events).map(([name, spec]) => (
    <EventField key={name} id={id} element={element} name={name} spec={spec} />
  ));
}

interface FieldProps extends Omit<EventsProps, "events"> {
  name: string;
  spec: NonNullable<ComponentManifest["events"]>[string];
}

const PAYLOAD: Record<string, VarType["type"]> = {
  number: "number",
  integer: "number",
  boolean: "boolean",
  string: "string",
};

/** What a formula of an action may read of the event. */
function eventTypes(spec: FieldProps["spec"]): Readonly<Record<string, VarType>> {
  const fields = Object.entries(spec.payload ?? {}).map(
    ([field, type]) => [field, { type: PAYLOAD[type] ?? "any" }] as const,
  );
  return { event: { type: "record", fields: Object.fromEntries(fields) } };
}

function EventField({ id, element, name, spec }: FieldProps) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const store = useDesignerStore();
  const change = useChange();
  const begin = useBeginning(id);
  const given = useMemo(() => eventTypes(spec), [spec]);
  const steps = stepsOf(element.events?.[name]);
  const label = localText(spec.label, language) || name;
  const fields = Object.keys(spec.payload ?? {}).map((field) => `event.${field}`);
  const put = (next: Action[], typing = false) => {
    const path = elementPath(store.getState().canvas, id, "events", name);
    change(
      t("change.event", { name: label }),
      [{ path, value: savedSteps(next) }],
      typing ? `${id}:event:${name}` : undefined,
    );
  };
  return (
    <div className={css.event} data-field={`events/${name}`}>
      <span className={css.label} title={spec.description}>
        {label}
      </span>
      {fields.length > 0 && steps.length > 0 ? (
        <p className={css.note}>{t("event_fields", { fields: fields.join(", ") })}</p>
      ) : null}
      {steps.map((step, index) => (
        <ActionEditor
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place.
          key={index}
          step={step}
          index={index}
          element={id}
          given={given}
          disabled={element.locked ?? false}
          onChange={(next, typing) =>
            put(
              steps.map((old, at) => (at === index ? next : old)),
              typing,
            )
          }
          onRemove={() => put(steps.filter((_, at) => at !== index))}
          onMove={(to) => put(reordered(steps, index, to))}
          count={steps.length}
        />
      ))}
      {steps.length < STEPS_MAX && !element.locked ? (
        <label className={css.addAction}>
          <Icon name="plus" size={14} />
          <select
            className={css.input}
            aria-label={`${t("action.add")}: ${label}`}
            value=""
            onChange={(event) => put([...steps, newAction(event.target.value as ActionKind, begin())])}
          >
            <option value="">{t("action.add")}</option>
            {ACTION_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`action.${kind}`)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </div>
  );
}

function reordered<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [moved] = next.splice(from, 1);
  if (moved !== undefined) next.splice(to, 0, moved);
  return next;
}

/** What a new action begins with: the first page, machine, state and element there is. */
function useBeginning(id: string) {
  const store = useDesignerStore();
  const manifests = useManifests();
  return () => {
    const state = store.getState();
    const { draft, plant, canvas } = state;
    const other = Object.keys(draft.pages).find((page) => page !== canvas) ?? draft.app.home;
    const param = paramAssets(state, "en")[0];
    const row =
      plant.roles.find((entry) => !param?.asset || entry.asset === param.asset.id) ?? plant.roles[0];
    const states = { ...draft.app.state, ...draft.pages[canvas]?.state };
    const target = Object.entries(elementsOf(draft, canvas)).find(
      ([one, element]) => one !== id && Object.keys(manifests.get(element.type)?.methods ?? {}).length > 0,
    );
    return {
      page: other,
      asset: row?.asset ?? "machine",
      role: row?.role ?? "value",
      state: Object.keys(states)[0] ?? "state",
      element: target?.[0] ?? id,
      method: target ? (Object.keys(manifests.get(target[1].type)?.methods ?? {})[0] ?? "") : "refresh",
    };
  };
}
