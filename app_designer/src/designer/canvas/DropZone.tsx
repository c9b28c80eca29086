import { Button, Notice, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { useCallback, useEffect, useRef, useState } from "react";
import { type DropChoice, elementsForDrop } from "../data/drop";
import { menuKeys } from "../frame/menu_keys";
import { useWorkbench } from "../frame/workbench";
import { useTexts } from "../i18n/texts";
import type { DesignerState } from "../model/contract";
import { useDesignerStore } from "../model/hooks";
import { newElementId } from "../model/ids";
import { noteUse } from "../palette/recent";
import { type ActiveDrag, activeDrag, onDrop, subscribeDrag } from "./drag";
import { areaAt } from "./hit";
import { insertElement, newElement, type Where } from "./insert";
import type { Overlay } from "./overlay";
import { onRefused, type Refusal, refusalOf, refusalText, sayRefused } from "./refusal";
import { freeSize, sizesOf } from "./sizes";
import { accepts, type Held, landing, showLanding, slotKind } from "./target";
import css from "./tools.module.css";

interface DropZoneProps {
  overlay: Overlay;
  viewport: React.RefObject<HTMLDivElement | null>;
}

const NOTHING: ReadonlySet<string> = new Set();
const TAG_SIZE = { grid: { w: 3, h: 3 }, compact: { span: 1 as const, h: 3 } };

function heldOf(state: DesignerState, drag: ActiveDrag): Held {
  const { payload } = drag;
  const type =
    payload.kind === "component"
      ? { type: payload.type, props_version: 1 }
      : payload.kind === "composite"
        ? { type: `composite.${payload.id}`, props_version: payload.version }
        : null;
  const layout = type ? sizesOf(state.draft, type) : TAG_SIZE;
  return { id: "new", item: null, grid: layout.grid, free: freeSize(layout), dx: 0, dy: 0 };
}

/** The block that is dragged; a measured value is not one yet. */
function typesOf({ payload }: ActiveDrag): string[] {
  return payload.kind === "component" ? [payload.type] : ["new"];
}

/** Why what is under the pointer does not take what is dragged; null where it does, or where there is nothing. */
function refusedAt(state: DesignerState, drag: ActiveDrag): Refusal | null {
  const found = areaAt(drag.x, drag.y, NOTHING);
  return found ? refusalOf(state, found.key, typesOf(drag)) : null;
}

/** Where a drag over the canvas would land; null: not over it, or nothing may go there. */
function whereOf(
  state: DesignerState,
  drag: ActiveDrag,
  viewport: HTMLElement | null,
  overlay: Overlay | null,
): Where | null {
  const box = viewport?.getBoundingClientRect();
  if (!box || drag.x < box.left || drag.x > box.right || drag.y < box.top || drag.y > box.bottom) return null;
  const found = areaAt(drag.x, drag.y, NOTHING);
  // Beside the sheet means the sheet; a container that does not take it means no.
  const target = found ?? areaAt(box.left + box.width / 2, box.top + 60, NOTHING);
  if (!target || !accepts(state, target.key, typesOf(drag))) return null;
  if (target.kind === "phone") return { area: target.key, item: null };
  const held = heldOf(state, drag);
  const kind = slotKind(state, target.key);
  if (kind !== target.kind) return { area: target.key, item: null };
  // The pointer holds it by its middle, near the top.
  const width = target.kind === "free" ? held.free.w * target.stepX : held.grid.w * target.stepX;
  const place = landing(state, target, [held], drag.x - width / 2, drag.y - target.gapY - 12, true);
  if (overlay) showLanding(overlay, target, place);
  return { area: target.key, item: place.items.new ?? null };
}

interface Choosing {
  readonly choices: readonly DropChoice[];
  readonly where: Where;
  readonly x: number;
  readonly y: number;
}

/** What could not be done and why, shown until it is put away. */
function useProblem() {
  const { announce } = useWorkbench();
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(
    () =>
      onRefused((words) => {
        setProblem(words);
        announce(words);
      }),
    [announce],
  );
  return [problem, setProblem] as const;
}

/** Takes what is dropped on the canvas: a block at once, a measured value as what it becomes. */
export function DropZone({ overlay, viewport }: DropZoneProps) {
  const text = useTexts();
  const { language, t } = useLocale();
  const store = useDesignerStore();
  const { announce } = useWorkbench();
  const [choosing, setChoosing] = useState<Choosing | null>(null);
  const [problem, setProblem] = useProblem();
  const add = useCallback(
    (choice: DropChoice, where: Where) => {
      const refusal = refusalOf(store.getState(), where.area, [choice.element.type]);
      setChoosing(null);
      if (refusal) return sayRefused(refusalText(refusal));
      const more = choice.changes ?? [];
      insertElement(store, text("canvas.add", { name: choice.label }), choice.element, where, more);
      announce(text("canvas.added", { name: choice.label }));
    },
    [store, text, announce],
  );
  const drop = useCallback(
    async (drag: ActiveDrag, where: Where) => {
      const state = store.getState();
      const { payload } = drag;
      if (payload.kind === "component" || payload.kind === "composite") {
        const element = await newElement(state, payload);
        if (!element) return;
        noteUse(element.type);
        add({ id: newElementId(), label: drag.label, element }, where);
        return;
      }
      const choices = await elementsForDrop(payload, { state, canvas: state.canvas, language });
      const [best] = choices;
      if (!best) sayRefused(text("canvas.drop_none"));
      else if (choices.length === 1) add(best, where);
      else setChoosing({ choices, where, x: drag.x, y: drag.y });
    },
    [store, language, add, text],
  );
  useEffect(() => {
    const follow = () => {
      const drag = activeDrag();
      if (!drag || !whereOf(store.getState(), drag, viewport.current, overlay)) overlay.clear();
    };
    const stop = subscribeDrag(follow);
    const stopDrop = onDrop((drag) => {
      const state = store.getState();
      const where = whereOf(state, drag, viewport.current, null);
      const refusal = where ? null : refusedAt(state, drag);
      if (refusal) sayRefused(refusalText(refusal));
      if (!where) return refusal !== null;
      // The focus leaves the list it was dragged from, and goes to what is made of it.
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      drop(drag, where).catch((error) =>
        sayRefused(text("canvas.drop_failed", { why: describeError(error, t) })),
      );
      return true;
    });
    return () => {
      stop();
      stopDrop();
    };
  }, [store, overlay, viewport, drop, text, t]);
  return (
    <>
      <Ghost />
      {choosing ? <Choices choosing={choosing} add={add} close={() => setChoosing(null)} /> : null}
      {problem ? (
        <div className={css.problem} data-ui="true">
          <Notice icon="question" title={problem}>
            <Button onClick={() => setProblem(null)}>{text("save.dismiss")}</Button>
          </Notice>
        </div>
      ) : null}
    </>
  );
}

/** The name of what is dragged, at the pointer; moved by itself, not by React. */
function Ghost() {
  const node = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      subscribeDrag(() => {
        const drag = activeDrag();
        const ghost = node.current;
        if (!ghost) return;
        ghost.hidden = drag === null;
        if (!drag) return;
        ghost.textContent = drag.label;
        ghost.style.transform = `translate(${drag.x + 14}px, ${drag.y + 14}px)`;
      }),
    [],
  );
  return <div className={css.ghost} ref={node} hidden aria-hidden="true" />;
}

interface ChoicesProps {
  choosing: Choosing;
  add: (choice: DropChoice, where: Where) => void;
  close: () => void;
}

/** What a dropped value may become; the best one has the focus, so Enter takes it. */
function Choices({ choosing, add, close }: ChoicesProps) {
  const text = useTexts();
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const node = menu.current;
    if (!node) return;
    node.style.left = `${Math.max(4, Math.min(choosing.x, innerWidth - node.offsetWidth - 4))}px`;
    node.style.top = `${Math.max(4, Math.min(choosing.y, innerHeight - node.offsetHeight - 4))}px`;
    node.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const outside = (event: PointerEvent) => {
      if (!node.contains(event.target as Node)) close();
    };
    addEventListener("pointerdown", outside, true);
    return () => removeEventListener("pointerdown", outside, true);
  }, [choosing, close]);
  return (
    <div
      className={css.menu}
      ref={menu}
      role="menu"
      aria-label={text("canvas.drop_title")}
      data-ui="true"
      data-tour="drop-choices"
      onKeyDown={menuKeys(close)}
    >
      <p className={css.menuTitle}>{text("canvas.drop_title")}</p>
      {choosing.choices.slice(0, 8).map((choice) => (
        <button
          key={choice.id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onClick={() => add(choice, choosing.where)}
        >
          <span className={css.menuWide}>
            <strong>{choice.label}</strong>
            {choice.detail ? <small>{choice.detail}</small> : null}
          </span>
        </button>
      ))}
    </div>
  );
}
