import type { Value } from "@sdk/api/types";
import type { Signal } from "@sdk/bindings/signal";
import { type ComponentType, useMemo } from "react";
import type { CompositeDocument, Element } from "../generated/documents.gen";
import { compositeName, compositeOf } from "./composite";
import { MissingComposite, TooDeep } from "./placeholders";
import { type ResolvedElement, resolveElement } from "./resolve";
import { type RuntimeScope, scopeOfBlock } from "./scope";
import { cellOf, useCells } from "./signal_cell";
import { SlotRenderContext } from "./slots";

/** Blocks inside blocks are drawn to this depth. */
export const DEPTH_MAX = 4;

interface CompositeProps {
  id: string;
  element: Element;
  scope: RuntimeScope;
  Area: ComponentType<{ holder: string; scope: RuntimeScope }>;
}

/** An instance of a block that an ISV made of others. */
export function CompositeBody({ id, element, scope, Area }: CompositeProps) {
  const block = compositeOf(scope, element);
  const name = compositeName(element.type);
  if (!block) return <MissingComposite name={name} version={element.props_version} />;
  if (scope.depth >= DEPTH_MAX) return <TooDeep name={name} most={DEPTH_MAX} />;
  return <Instance id={id} element={element} scope={scope} Area={Area} block={block} />;
}

type Bound = ResolvedElement["props"][number];

const isAsset = (block: CompositeDocument, { path }: Bound) =>
  block.params?.[path[0] ?? ""]?.type === "asset";

function Instance({ id, element, scope, Area, block }: CompositeProps & { block: CompositeDocument }) {
  const resolved = useMemo(() => resolveElement(element, scope, {}, id), [element, scope, id]);
  // Which machine is shown decides what everything inside is bound to, so a change of it resolves anew;
  // all other bound parameters flow in as signals, with quality and time, and wake only who shows them.
  const assets = useMemo(() => resolved.props.filter((bound) => isAsset(block, bound)), [resolved, block]);
  const cells = useMemo(() => assets.map(({ signal }) => cellOf(scope, signal)), [assets, scope]);
  const chosen = JSON.stringify(useCells(cells).map((sample) => sample?.v ?? null));
  const inner = useMemo(() => {
    const params: Record<string, Value> = {};
    for (const [name, spec] of Object.entries(block.params ?? {})) {
      params[name] = (element.props?.[name] ?? spec.default ?? null) as Value;
    }
    const values = JSON.parse(chosen) as Value[];
    assets.forEach(({ path }, index) => {
      params[path[0] ?? ""] = values[index] ?? null;
    });
    const given: Record<string, Signal> = {};
    for (const bound of resolved.props) if (!isAsset(block, bound)) given[bound.path[0] ?? ""] = bound.signal;
    return scopeOfBlock(scope, id, block, params, given);
  }, [scope, id, block, element, resolved, assets, chosen]);
  return (
    // The inside of a block is never the designer's canvas: it is changed where the block is made.
    <SlotRenderContext.Provider value={null}>
      <Area holder="page" scope={inner} />
    </SlotRenderContext.Provider>
  );
}
