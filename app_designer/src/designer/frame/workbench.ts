import { createContext, useContext } from "react";

export type LeftTab = "blocks" | "data" | "outline" | "pages";
/** Panels that take the place of the properties while they are open. */
export type SidePanel = "lint" | "versions" | "theme" | "texts" | "media" | "conflicts" | "keys";
/** Parts that cover the workbench. */
export type Overlay = "preview" | "starter" | "tour";

/** What any panel can ask of the frame around it. */
export interface Workbench {
  readonly leftTab: LeftTab;
  readonly panel: SidePanel | null;
  readonly overlay: Overlay | null;
  /** Why the panel was opened, for example `publish`. */
  readonly intent: string | null;
  showLeft(tab: LeftTab): void;
  openPanel(panel: SidePanel, intent?: string): void;
  closePanel(): void;
  openOverlay(overlay: Overlay, intent?: string): void;
  closeOverlay(): void;
  /** Tells a screen reader what just happened. */
  announce(text: string): void;
}

export const WorkbenchContext = createContext<Workbench | null>(null);

export function useWorkbench(): Workbench {
  const bench = useContext(WorkbenchContext);
  if (!bench) throw new Error("WorkbenchContext is missing around this component");
  return bench;
}

/** Who designs, and how to leave the designer. */
export interface DesignerHost {
  readonly role: "viewer" | "operator" | "builder" | "admin";
  readonly userName: string;
  navigate(to: string): void;
}

export const HostContext = createContext<DesignerHost | null>(null);

export function useHost(): DesignerHost {
  const host = useContext(HostContext);
  if (!host) throw new Error("HostContext is missing around this component");
  return host;
}
