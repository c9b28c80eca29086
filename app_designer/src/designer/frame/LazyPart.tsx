import { Boundary } from "@runtime/Boundary";
import { Button, Notice, Skeleton } from "@sdk";
import { lateComponent } from "@sdk/late_component";
import { type ComponentType, Suspense } from "react";
import { useTexts } from "../i18n/texts";

const WAITING = <Skeleton width="100%" height="160px" />;

function part(fetch: () => Promise<{ default: ComponentType }>) {
  return lateComponent(async () => (await fetch()).default, WAITING);
}

/** Every part of the workbench is loaded when it is first shown; each is one module at a fixed path. */
export const PARTS = {
  blocks: part(() => import("../palette/Palette")),
  data: part(() => import("../data/DataPanel")),
  outline: part(() => import("../outline/Outline")),
  pages: part(() => import("../pages/PagesPanel")),
  inspector: part(() => import("../inspector/Inspector")),
  lint: part(() => import("../lint/LintPanel")),
  versions: part(() => import("../versions/VersionsPanel")),
  theme: part(() => import("../theme/ThemePanel")),
  texts: part(() => import("../texts/TextsPanel")),
  media: part(() => import("../media/MediaPanel")),
  conflicts: part(() => import("./ConflictPanel")),
  keys: part(() => import("../keys/KeysPanel")),
  preview: part(() => import("../preview/PreviewScreen")),
  starter: part(() => import("../starter/Starter")),
  tour: part(() => import("../tour/Tour")),
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
      <Suspense fallback={WAITING}>
        <Shown />
      </Suspense>
    </Boundary>
  );
}
