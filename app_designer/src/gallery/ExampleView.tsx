import { Boundary } from "@runtime/Boundary";
import { blocks, blockText } from "@runtime/registry";
import { type ComponentProps, type ComponentView, KeepScopeContext, Said, Skeleton, useLocale } from "@sdk";
import { DetailContext, RangeContext, ServicesContext } from "@sdk/context";
import type { RangeChoice } from "@sdk/range";
import { type CSSProperties, type ReactNode, Suspense, useId, useMemo, useState } from "react";
import type { ComponentManifest, Example } from "../generated/documents.gen";
import css from "./example.module.css";
import { type BlockState, ExampleWorld } from "./example_services";

interface ExampleProps {
  manifest: ComponentManifest;
  example: Pick<Example, "props" | "data" | "children">;
  state?: BlockState;
  compact?: boolean;
  /** Draws something else than the block itself: for tests. */
  view?: ComponentView;
}

/** Its tags are made up: no platform knows details of them. */
const noDetail = () => {};

/** One example of a block, alive with its own data: nothing it does reaches a platform. */
export function ExampleView({ manifest, example, state = "good", compact = false, view }: ExampleProps) {
  const world = useMemo(() => new ExampleWorld(state), [state]);
  const [choice, setChoice] = useState<RangeChoice>({ kind: "live", span: "1h" });
  const range = useMemo(() => ({ choice, setChoice }), [choice]);
  const { t } = useLocale();
  // Every example is the same element; what one keeps is not for another.
  const own = useId();
  return (
    <ServicesContext.Provider value={world.services}>
      <RangeContext.Provider value={range}>
        <DetailContext.Provider value={noDetail}>
          <KeepScopeContext.Provider value={own}>
            <Boundary fallback={() => <Said icon="warn" title={t("element.crashed")} level="error" />}>
              <Suspense fallback={<Skeleton width="100%" height="100%" />}>
                <Inside {...{ manifest, example, state, compact, world, view }} />
              </Suspense>
            </Boundary>
          </KeepScopeContext.Provider>
        </DetailContext.Provider>
      </RangeContext.Provider>
    </ServicesContext.Provider>
  );
}

function Inside({
  manifest,
  example,
  state,
  compact,
  world,
  view,
}: Required<Pick<ExampleProps, "manifest" | "example" | "state" | "compact">> & {
  world: ExampleWorld;
  view: ComponentView | undefined;
}) {
  const { language } = useLocale();
  const signals = useMemo(() => world.signals(example.data as never), [world, example]);
  const View = view ?? blocks.get(manifest.id)?.View;
  if (!View) return null;
  const props: ComponentProps = {
    props: { ...blocks.get(manifest.id)?.manifest.defaults, ...example.props },
    inputs: pick(signals, manifest.inputs),
    targets: Object.fromEntries(
      Object.entries(pick(signals, manifest.writes)).flatMap(([name, [signal]]) =>
        signal ? [[name, signal]] : [],
      ),
    ),
    emit: () => false,
    write: async () => ({ status: "preview" }),
    output: () => {},
    expose: () => () => {},
    slot: (name) => <Slot {...{ example, name, state, compact }} />,
    text: (key, values) => blockText(manifest.i18n ?? blocks.get(manifest.id)?.texts, language, key, values),
    enabled: state !== "disabled",
    tone: null,
    id: "el_example0",
    mode: "gallery",
    compact,
  };
  return <View {...props} />;
}

function pick<T>(all: Record<string, T>, names: object | undefined): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name in (names ?? {})));
}

interface SlotProps {
  example: Pick<Example, "children">;
  name: string;
  state: BlockState;
  compact: boolean;
}

/** What an example puts inside a slot, one below the other. */
function Slot({ example, name, state, compact }: SlotProps): ReactNode {
  const inside = (example.children ?? []).filter((child) => child.slot === name);
  return (
    <span className={css.slot}>
      {inside.map((child, index) => {
        const manifest = blocks.get(child.type)?.manifest;
        if (!manifest) return null;
        const rows = manifest.layout.grid.h;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the children of an example never change places.
          <span key={index} className={css.child} style={{ "--rows": rows } as CSSProperties}>
            <ExampleView
              manifest={manifest as unknown as ComponentManifest}
              example={{ props: child.props ?? {}, data: child.data ?? {} }}
              state={state}
              compact={compact}
            />
          </span>
        );
      })}
    </span>
  );
}
