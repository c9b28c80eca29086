import { ElementBody } from "@runtime/ElementBody";
import { blocks } from "@runtime/registry";
import type { RuntimeScope } from "@runtime/scope";
import { Icon, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { type CSSProperties, memo, useMemo } from "react";
import type { Element } from "../../generated/documents.gen";
import { useTexts } from "../i18n/texts";
import { elementsOf } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import css from "./canvas.module.css";

export interface BoxProps {
  id: string;
  scope: RuntimeScope;
  kind: "grid" | "phone" | "free";
  x: number;
  y: number;
  w: number;
  h: number;
  z: number;
  r: number;
}

function placeOf({ kind, x, y, w, h, z, r }: BoxProps): CSSProperties {
  if (kind === "grid") return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` };
  if (kind === "phone") return { gridColumn: `span ${w}`, gridRow: `span ${h}` };
  return { left: x, top: y, width: w, height: h, zIndex: z, ...(r ? { rotate: `${r}deg` } : {}) };
}

/** Name of an element for people: its own, else its title, else that of its block. */
export function nameOf(element: Element, language: "en" | "zh-CN", blockName: string | undefined): string {
  const title = element.props?.title ?? element.props?.text ?? element.props?.label;
  const shown = typeof title === "string" ? title : localText(title as Record<string, string>, language);
  return element.name || (typeof shown === "string" ? shown.slice(0, 60) : "") || blockName || element.type;
}

export function useElementName(element: Element | undefined): string {
  const { language } = useLocale();
  const composite = useDesigner((state) =>
    element?.type.startsWith("composite.")
      ? state.draft.blocks[`${element.type.slice(10)}.${element.props_version}`]?.name
      : undefined,
  );
  if (!element) return "";
  const name = composite ?? blocks.get(element.type)?.manifest.name;
  return nameOf(element, language, localText(name, language));
}

/** Whether an element hangs on another, as a pipe does: it is taken hold of by what is drawn, not by its box. */
export function isJoined(elements: Readonly<Record<string, Element>>, id: string): boolean {
  const { from, to } = (elements[id]?.props ?? {}) as Record<string, { element?: string } | undefined>;
  const there = (end: { element?: string } | undefined) =>
    typeof end === "object" && end?.element !== undefined && elements[end.element] !== undefined;
  return elements[id]?.type === "pipe" && (there(from) || there(to));
}

const selections = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The selection as a set, made once for all boxes. */
export function selectedSet(selection: readonly string[]): ReadonlySet<string> {
  let set = selections.get(selection);
  if (!set) {
    set = new Set(selection);
    selections.set(selection, set);
  }
  return set;
}

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;
export type Handle = (typeof HANDLES)[number];

/** One element on the canvas: its live block, and what takes hold of it. Draws again only when it changes itself. */
export const ElementBox = memo(function ElementBox(props: BoxProps) {
  const { id, scope, kind } = props;
  const element = useDesigner((state) => elementsOf(state.draft, state.canvas)[id]);
  const selected = useDesigner((state) => selectedSet(state.selection).has(id));
  const only = useDesigner((state) => state.selection.length === 1 && state.selection[0] === id);
  const name = useElementName(element);
  const joined = useDesigner((state) => isJoined(elementsOf(state.draft, state.canvas), id));
  const own = useMemo(() => ({ ...scope, elements: element ? { [id]: element } : {} }), [scope, id, element]);
  if (!element) return null;
  const holds = Object.keys(blocks.get(element.type)?.manifest.slots ?? {}).length > 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a box on a canvas has no element of its own in HTML.
    <div
      className={css.box}
      style={placeOf(props)}
      data-element={id}
      data-kind={kind}
      data-type={element.type}
      data-selected={selected}
      data-locked={element.locked}
      data-holds={holds}
      data-joined={joined}
      role="group"
      aria-roledescription="block"
      aria-label={name}
      tabIndex={selected ? 0 : -1}
    >
      <div className={css.body} inert={!holds && !joined}>
        <ElementBody id={id} scope={own} />
      </div>
      {selected ? (
        <Grips
          handles={only && !element.locked && !joined}
          name={name}
          locked={element.locked === true}
          free={kind === "free"}
        />
      ) : null}
    </div>
  );
});

interface GripsProps {
  handles: boolean;
  name: string;
  locked: boolean;
  free: boolean;
}

function Grips({ handles, name, locked, free }: GripsProps) {
  const text = useTexts();
  return (
    <div className={css.grips} aria-hidden="true">
      <span className={css.tag}>
        {locked ? <Icon name="lock" size={12} /> : null}
        <span className="truncate">{name}</span>
      </span>
      {handles
        ? HANDLES.map((handle) => (
            <span key={handle} className={css.handle} data-handle={handle} title={text("canvas.resize")} />
          ))
        : null}
      {handles && free ? (
        <span className={css.turn} data-handle="turn" title={text("canvas.rotate")}>
          <Icon name="play" size={10} />
        </span>
      ) : null}
    </div>
  );
}
