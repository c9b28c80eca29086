import { MediaContext, Skeleton } from "@sdk";
import { mediaUrl } from "@sdk/api/apps";
import type { Value } from "@sdk/api/types";
import type { Signal, ValueCell } from "@sdk/bindings/signal";
import type { ComponentProps, SlotOptions } from "@sdk/component";
import { type ComponentType, memo, type ReactNode, Suspense, useCallback, useContext, useMemo } from "react";
import type { Element } from "../generated/documents.gen";
import { maySee, mayUse, mayWrite } from "./access";
import { Boundary } from "./Boundary";
import { CompositeBody } from "./CompositeBody";
import { isComposite } from "./composite";
import { Explainable } from "./explain/Explainable";
import { OwnRange, ownSpan } from "./OwnRange";
import { Crashed, MissingCodeBlock, MissingPermission, NewerBlock, UnknownBlock } from "./placeholders";
import { type Block, blockIn, blockText } from "./registry";
import { type ResolvedElement, resolveElement } from "./resolve";
import { type RuntimeScope, scopeWithParams } from "./scope";
import { cellOf, useCells } from "./signal_cell";
import { SlotRenderContext } from "./slots";

/** Draws the elements of an area; given from above, because what it draws draws areas again. */
export type AreaComponent = ComponentType<{ holder: string; scope: RuntimeScope }>;

export interface ElementProps {
  id: string;
  scope: RuntimeScope;
  Area: AreaComponent;
}

/** One element without its place: the block, or what stands for it. */
export const ElementCore = memo(function ElementCore({ id, scope, Area }: ElementProps) {
  const element = scope.elements[id];
  const app = scope.loaded.app.id;
  const media = useCallback((name: string) => mediaUrl(app, name), [app]);
  if (!element) return null;
  if (!maySee(element.access, scope.user)) return <MissingPermission />;
  const block = blockIn(element.type, scope.loaded.installed);
  if (isComposite(element.type)) {
    return (
      <Guarded>
        <Visible element={element} scope={scope}>
          <CompositeBody id={id} element={element} scope={scope} Area={Area} />
        </Visible>
      </Guarded>
    );
  }
  if (!block) {
    const pin = scope.loaded.app.code_blocks?.[element.type];
    if (pin) return <MissingCodeBlock type={element.type} version={pin.version} />;
    return <UnknownBlock type={element.type} />;
  }
  if (element.props_version > block.manifest.props_version) {
    return <NewerBlock name={block.manifest.name} type={element.type} />;
  }
  return (
    <Guarded>
      <MediaContext.Provider value={media}>
        <BlockBody id={id} element={element} block={block} scope={scope} Area={Area} />
      </MediaContext.Provider>
    </Guarded>
  );
});

function Guarded({ children }: { children: ReactNode }) {
  return (
    <Boundary fallback={(retry) => <Crashed retry={retry} />}>
      <Suspense fallback={<Skeleton width="100%" height="100%" />}>{children}</Suspense>
    </Boundary>
  );
}

/** Hides what an expression hides. While it is unknown it is shown; in the designer everything is. */
function isShown(scope: RuntimeScope, value: Value | undefined): boolean {
  return scope.mode === "design" || value === undefined || value === null || Boolean(value);
}

function Visible({
  element,
  scope,
  children,
}: {
  element: Element;
  scope: RuntimeScope;
  children: ReactNode;
}) {
  const cells = useMemo(() => {
    const { visible } = resolveElement(element, scope, {}, "");
    return visible ? [cellOf(scope, visible)] : [];
  }, [element, scope]);
  const [sample] = useCells(cells);
  return isShown(scope, sample?.v) ? children : null;
}

interface BlockProps extends ElementProps {
  element: Element;
  block: Block;
}

function withValueAt(target: unknown, path: readonly string[], value: Value): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const copy: Record<string, unknown> = Array.isArray(target)
    ? ([...target] as unknown as Record<string, unknown>)
    : { ...(target as Record<string, unknown> | undefined) };
  copy[name] = withValueAt(copy[name], rest, value);
  return copy;
}

/** The configuration with bound properties in place; a bad or missing value leaves what was typed. */
function mergedProps(
  fixed: Readonly<Record<string, unknown>>,
  bound: ResolvedElement["props"],
  values: readonly (Value | undefined)[],
): Record<string, unknown> {
  let props: unknown = fixed;
  bound.forEach(({ path }, index) => {
    const value = values[index];
    if (value !== null && value !== undefined) props = withValueAt(props, path, value);
  });
  return props as Record<string, unknown>;
}

/** Whether an element writes to the plant: not while looking at the past, and not by whoever only looks. */
function writesTags(element: Element, resolved: ResolvedElement): boolean {
  const steps = Object.values(element.events ?? {}).flat();
  return (
    Object.values(resolved.writes).some(({ source }) => source === "tag") ||
    steps.some(({ action }) => action === "write_tag")
  );
}

/** The cells this element itself listens to: what it shows is listened to by its own leaves. */
function ownCells(scope: RuntimeScope, resolved: ResolvedElement): ValueCell[] {
  const signals = [
    resolved.visible,
    resolved.enabled,
    resolved.tone,
    ...resolved.props.map(({ signal }) => signal),
  ];
  return signals.map((signal) => cellOf(scope, signal ?? NOTHING));
}

const NOTHING: Signal = {
  key: "",
  asset: null,
  assetName: null,
  role: null,
  tag: null,
  constant: null,
  problem: null,
  transforms: [],
};

function BlockBody({ id, element, block, scope, Area }: BlockProps) {
  const { View, manifest } = block;
  const resolved = useMemo(
    () => resolveElement(element, scope, manifest, id),
    [element, scope, manifest, id],
  );
  const cells = useMemo(() => ownCells(scope, resolved), [scope, resolved]);
  const samples = useCells(cells);
  const fixed = useMemo(() => ({ ...manifest.defaults, ...element.props }), [manifest, element]);
  const props = useMemo(
    () =>
      mergedProps(
        fixed,
        resolved.props,
        samples.slice(3).map((sample) => sample?.v),
      ),
    [fixed, resolved, samples],
  );
  const ways = useMemo(() => waysOut(id, element, block, scope, Area), [id, element, block, scope, Area]);
  const [visible, enabled, tone] = samples;
  if (resolved.visible && !isShown(scope, visible?.v)) return null;
  const span = ownSpan(element);
  const view = (
    <Explainable id={id} scope={scope}>
      <View
        {...ways}
        props={props}
        inputs={resolved.inputs}
        targets={resolved.targets}
        // Unknown is not a yes: what may be pressed only under a condition waits until the condition is known.
        enabled={
          mayUse(element.access, scope.user) &&
          (!resolved.enabled || Boolean(enabled?.v)) &&
          !((scope.services.past || !mayWrite(scope.user)) && writesTags(element, resolved))
        }
        tone={tone?.v === null || tone?.v === undefined ? null : String(tone.v)}
        id={id}
        mode={scope.mode}
        compact={scope.compact}
      />
    </Explainable>
  );
  return span ? (
    <OwnRange key={span} span={span}>
      {view}
    </OwnRange>
  ) : (
    view
  );
}

type Ways = Pick<ComponentProps, "emit" | "write" | "output" | "expose" | "slot" | "text">;

/** The ways out of a block; the same functions as long as the element and its scope are the same. */
function waysOut(id: string, element: Element, block: Block, scope: RuntimeScope, Area: AreaComponent): Ways {
  const { memory, path } = scope;
  const { watch } = memory;
  watch?.places.set(path + id, { element, scope });
  return {
    emit: (event, payload = {}) => {
      // In design and gallery a press does nothing, not even what a block does when it has no action.
      if (scope.mode !== "run") return true;
      const steps = element.events?.[event];
      if (steps === undefined) return false;
      scope.dispatch(steps, { element: id, event, payload });
      return true;
    },
    write: (name, value) =>
      scope.mode === "run" ? scope.write(id, name, value) : Promise.resolve({ status: "preview" }),
    output: (name, value) => {
      memory.outputs.set(`${id}.${name}`, value);
      watch?.outputs.set(`${path}${id}.${name}`, value);
    },
    expose: (methods) => {
      memory.methods.set(id, methods);
      return () => {
        if (memory.methods.get(id) === methods) memory.methods.delete(id);
      };
    },
    slot: (name, options = {}) => (
      <Slot key={options.key ?? name} element={id} slot={name} options={options} scope={scope} Area={Area} />
    ),
    text: (key, values) => blockText(block.texts, scope.language, key, values),
  };
}

interface SlotProps {
  element: string;
  slot: string;
  options: SlotOptions;
  scope: RuntimeScope;
  Area: AreaComponent;
}

/** The content of a slot. Only what is mounted listens: the hidden tabs of a container cost nothing. */
function Slot({ element, slot, options, scope, Area }: SlotProps) {
  const render = useContext(SlotRenderContext);
  const params = JSON.stringify(options.params ?? null);
  const inner = useMemo(() => {
    const given = JSON.parse(params) as Record<string, string> | null;
    return given ? scopeWithParams(scope, given) : scope;
  }, [scope, params]);
  const holder = `${element}/${slot}`;
  if (render) return render({ element, slot, holder, scope: inner, options });
  return <Area holder={holder} scope={inner} />;
}
