import { Boundary } from "@runtime/Boundary";
import { Button, Notice, Skeleton } from "@sdk";
import { type ComponentType, lazy, Suspense } from "react";
import { useTexts } from "../i18n/texts";

/** Every part of the workbench is loaded when it is first shown; each is one module at a fixed path. */
export const PARTS = {
  blocks: lazy(() => import("../palette/Palette")),
  data: lazy(() => import("../data/DataPanel")),
  outline: lazy(() => import("../outline/Outline")),
  pages: lazy(() => import("../pages/PagesPanel")),
  inspector: lazy(() => import("../inspector/Inspector")),
  lint: lazy(() => import("../lint/LintPanel")),
  versions: lazy(() => import("../versions/VersionsPanel")),
  theme: lazy(() => import("../theme/ThemePanel")),
  texts: lazy(() => import("../texts/TextsPanel")),
  media: lazy(() => import("../media/MediaPanel")),
  conflicts: lazy(() => import("./ConflictPanel")),
  keys: lazy(() => import("../keys/KeysPanel")),
  preview: lazy(() => import("../preview/PreviewScreen")),
  starter: lazy(() => import("../starter/Starter")),
  tour: lazy(() => import("../tour/Tour")),
} satisfies Record<string, ComponentType>;

export type PartName = keyof typeof PARTS;

/** A part in its place; its failure stays its own. */
export function Part({ name }: { name: PartName }) {
  const text = useTexts();
  const Shown = PARTS[name];
  return (
    <Boundary
      key={name}
      fallback={(retry) => (
        <Notice icon="warn" title={text("frame.panel_failed")} tone="alarm">
          <Button onClick={retry}>{text("frame.retry")}</Button>
        </Notice>
      )}
    >
      <Suspense fallback={<Skeleton width="100%" height="160px" />}>
        <Shown />
      </Suspense>
    </Boundary>
  );
}
