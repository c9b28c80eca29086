import type { Bound } from "@runtime/binding";
import { Icon, localText, useLocale } from "@sdk";
import { useState } from "react";
import type { ComponentManifest, Element, InputSpec, WriteSpec } from "../../generated/documents.gen";
import type { Change } from "../model/contract";
import { useDesignerStore } from "../model/hooks";
import { elementPath } from "../model/operations";
import { BoundValue } from "../pickers/BoundValue";
import { type Wanted, wantedByInput, wantedByWrite } from "../pickers/wanted";
import { useChange, useSetMember } from "./edit";
import css from "./inspector.module.css";
import { setBinding } from "./PropsSection";
import { useInspectorTexts } from "./texts";

interface SectionProps {
  id: string;
  element: Element;
}

/** The inputs of a block: what it shows. */
export function InputFields({
  id,
  element,
  inputs,
}: SectionProps & { inputs: NonNullable<ComponentManifest["inputs"]> }) {
  return Object.entries(inputs).map(([name, spec]) => (
    <BindField key={name} id={id} element={element} name={name} spec={spec} wanted={wantedByInput(spec)} />
  ));
}

/** The commands of a block: what it may write. */
export function WriteFields({
  id,
  element,
  writes,
}: SectionProps & { writes: NonNullable<ComponentManifest["writes"]> }) {
  const t = useInspectorTexts();
  return Object.entries(writes).map(([name, spec]) => (
    <div key={name}>
      <BindField id={id} element={element} name={name} spec={spec} wanted={wantedByWrite(spec)} />
      {spec.confirm !== "none" ? <p className={css.note}>{t("write_confirm")}</p> : null}
    </div>
  ));
}

interface FieldProps extends SectionProps {
  name: string;
  spec: InputSpec | WriteSpec;
  wanted: Wanted;
}

function BindField({ id, element, name, spec, wanted }: FieldProps) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const set = useSetMember([id]);
  const label = localText(spec.label, language) || name;
  return (
    <div className={css.bindField} data-field={`/${name}`}>
      <span className={css.label} title={spec.description}>
        {label}
        {spec.required ? <span aria-hidden="true"> *</span> : null}
      </span>
      {spec.many ? (
        <ManyField
          id={id}
          element={element}
          name={name}
          label={label}
          max={spec.items_max ?? 1}
          required={spec.required ?? false}
          wanted={wanted}
        />
      ) : (
        <BoundValue
          label={label}
          wanted={wanted}
          bound={element.bind?.[`/${name}`] ?? null}
          element={id}
          required={spec.required ?? false}
          disabled={element.locked ?? false}
          onChange={(bound, typing) =>
            setBinding(set, t("change.bind", { name: label }), `/${name}`, bound, typing)
          }
        />
      )}
    </div>
  );
}

export interface ManyEntry {
  pointer: string;
  bound: Bound;
}

/** The bindings of an input that takes several, in their order: `/tags`, or `/tags/0`, `/tags/1`, … */
export function manyOf(element: Pick<Element, "bind">, name: string): ManyEntry[] {
  const place = (pointer: string) => Number(pointer.split("/")[2] ?? -1);
  return Object.entries(element.bind ?? {})
    .filter(([pointer]) => pointer.split("/")[1] === name)
    .sort(([a], [b]) => place(a) - place(b))
    .map(([pointer, bound]) => ({ pointer, bound }));
}

/** What to change so that exactly these bindings stand at `/name/0`, `/name/1`, …; what stays is not touched. */
export function manyChanges(
  path: readonly string[],
  before: readonly ManyEntry[],
  name: string,
  after: readonly Bound[],
): Change[] {
  const wanted = new Map(after.map((bound, index) => [`/${name}/${index}`, bound]));
  const gone = before
    .filter(({ pointer }) => !wanted.has(pointer))
    .map(({ pointer }) => ({ path: [...path, "bind", pointer], value: undefined }));
  const put = [...wanted].map(([pointer, bound]) => ({ path: [...path, "bind", pointer], value: bound }));
  return [...gone, ...put];
}

interface ManyProps extends SectionProps {
  name: string;
  label: string;
  max: number;
  required: boolean;
  wanted: Wanted;
}

/** Several sources of one input: added, put in order, taken away. */
function ManyField({ id, element, name, label, max, required, wanted }: ManyProps) {
  const t = useInspectorTexts();
  const store = useDesignerStore();
  const change = useChange();
  const [adding, setAdding] = useState(0);
  const entries = manyOf(element, name);
  const bounds = entries.map((entry) => entry.bound);
  const locked = element.locked ?? false;
  const put = (after: Bound[], typing = false) => {
    const path = elementPath(store.getState().canvas, id);
    change(
      t("change.bind", { name: label }),
      manyChanges(path, entries, name, after),
      typing ? `${id}:many:${name}` : undefined,
    );
  };
  const swap = (index: number, to: number) => {
    const next = [...bounds];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(to, 0, moved);
    put(next);
  };
  return (
    <div className={css.many}>
      {bounds.map((bound, index) => {
        const place = t("entry", { name: label, n: String(index + 1) });
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: sources have no identity but their place.
          <div key={index} className={css.manyRow} data-field={`/${name}/${index}`}>
            <BoundValue
              label={place}
              wanted={wanted}
              bound={bound}
              element={id}
              many
              disabled={locked}
              onChange={(next, typing) =>
                put(
                  next
                    ? bounds.map((old, at) => (at === index ? next : old))
                    : bounds.filter((_, at) => at !== index),
                  typing,
                )
              }
            />
            <OrderButtons name={place} index={index} count={bounds.length} locked={locked} move={swap} />
          </div>
        );
      })}
      {bounds.length < max ? (
        <BoundValue
          // A new one each time: the last is bound and stands in the list.
          key={`new${adding}`}
          label={t("bind_add", { name: label })}
          wanted={wanted}
          bound={null}
          element={id}
          many
          required={required && bounds.length === 0}
          disabled={locked}
          onChange={(bound) => {
            if (bound) put([...bounds, bound]);
            setAdding(adding + 1);
          }}
        />
      ) : null}
    </div>
  );
}

interface OrderProps {
  name: string;
  index: number;
  count: number;
  locked: boolean;
  move: (from: number, to: number) => void;
}

function OrderButtons({ name, index, count, locked, move }: OrderProps) {
  const t = useInspectorTexts();
  return (
    <span className={css.order}>
      <button
        type="button"
        className={css.tiny}
        disabled={index === 0 || locked}
        aria-label={t("entry.up", { name })}
        onClick={() => move(index, index - 1)}
      >
        <Icon name="up" size={14} />
      </button>
      <button
        type="button"
        className={css.tiny}
        disabled={index === count - 1 || locked}
        aria-label={t("entry.down", { name })}
        onClick={() => move(index, index + 1)}
      >
        <Icon name="down" size={14} />
      </button>
    </span>
  );
}
