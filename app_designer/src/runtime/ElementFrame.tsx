import { Button, type ComponentView, Notice, Skeleton, Tile, useLocale } from "@sdk";
import { Component, type CSSProperties, type ReactNode, Suspense, useMemo } from "react";
import type { Element } from "../generated/documents.gen";
import { type NavigateAction, navigationOf } from "./actions";
import type { Placed } from "./grid";
import { blocks } from "./registry";
import { type ResolveContext, resolveInputs } from "./resolve";
import css from "./runtime.module.css";

interface BoundaryProps {
  fallback: (retry: () => void) => ReactNode;
  children: ReactNode;
}

/** Keeps the failure of one block from the rest of the page. */
export class Boundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed
      ? this.props.fallback(() => this.setState({ failed: false }))
      : this.props.children;
  }
}

interface FrameProps {
  placed: Placed;
  element: Element;
  context: ResolveContext;
  onNavigate: (action: NavigateAction) => void;
}

function placeOf({ item, compact }: Placed): CSSProperties {
  return {
    "--x": item.x + 1,
    "--y": item.y + 1,
    "--w": item.w,
    "--h": item.h,
    "--cspan": compact.span,
    "--ch": compact.h,
  } as CSSProperties;
}

/** One element in its place: the block, or what stands for it while loading, when failed, or when unknown. */
export function ElementFrame({ placed, element, context, onNavigate }: FrameProps) {
  const { t } = useLocale();
  const inputs = useMemo(() => resolveInputs(element, context), [element, context]);
  const block = blocks.get(element.type);
  const emit = (event: string): boolean => {
    const action = navigationOf(element.events?.[event]);
    if (action) onNavigate(action);
    return action !== null;
  };
  return (
    <div className={css.cell} style={placeOf(placed)} data-element={placed.id} data-type={element.type}>
      {block ? (
        <Boundary fallback={(retry) => <Crashed retry={retry} />}>
          <Suspense fallback={<Skeleton width="100%" height="100%" />}>
            <View view={block.View} element={element} inputs={inputs} emit={emit} />
          </Suspense>
        </Boundary>
      ) : (
        <Tile title={t("element.unknown")}>
          <Notice
            icon="question"
            title={element.type}
            hint={t("element.unknown_hint", { type: element.type })}
          />
        </Tile>
      )}
    </div>
  );
}

interface ViewSlot {
  view: ComponentView<never>;
  element: Element;
  inputs: ReturnType<typeof resolveInputs>;
  emit: (event: string) => boolean;
}

function View({ view, element, inputs, emit }: ViewSlot) {
  const Shown = view as ComponentView;
  return (
    <Shown
      props={element.props ?? {}}
      inputs={inputs}
      emit={emit}
      targets={{}}
      write={async () => ({ status: "refused" })}
      output={() => {}}
      expose={() => () => {}}
      slot={() => null}
      text={(key) => key}
      enabled
      tone={null}
      id=""
      mode="run"
      compact={false}
    />
  );
}

function Crashed({ retry }: { retry: () => void }) {
  const { t } = useLocale();
  return (
    <Tile title={t("element.crashed")}>
      <Notice icon="warn" title={t("element.crashed")} hint={t("element.crashed_hint")} tone="alarm">
        <Button onClick={retry}>{t("common.retry")}</Button>
      </Notice>
    </Tile>
  );
}
