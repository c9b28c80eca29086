import type { Breakpoint } from "@runtime/breakpoint";
import type { Language } from "@sdk/i18n/catalogue";

export const DATA_MODES = ["live", "simulated", "example", "replay"] as const;
export type DataMode = (typeof DATA_MODES)[number];
export const ROLES = ["viewer", "operator", "builder", "admin"] as const;
export const SIZES = ["pc", "tablet", "phone", "wall"] as const;
export type Size = (typeof SIZES)[number];

/** Width and height of the screen in px, and the layout it gets. */
export const SCREENS: Record<Size, { width: number; height: number; breakpoint: Breakpoint }> = {
  pc: { width: 1440, height: 900, breakpoint: "lg" },
  tablet: { width: 834, height: 1112, breakpoint: "md" },
  phone: { width: 390, height: 844, breakpoint: "sm" },
  wall: { width: 1920, height: 1080, breakpoint: "lg" },
};

export interface PreviewChoice {
  data: DataMode;
  role: (typeof ROLES)[number];
  size: Size;
  language: Language;
  theme: "light" | "dark";
}
