/** Outline icons on a 20 px field; they inherit the text colour and say nothing to a screen reader. */
const PATHS = {
  value: "M3 15.5h14M5.5 12V7l-2 1.2M9 7.5a1.8 1.8 0 1 1 3.2 1.1L9 12h3.6M15 8l2-1.2V12",
  trend: "M3 3v14h14M5.5 13l3.5-4.5 3 2.5 4.5-6",
  state: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm0 4v3.5l2.3 1.6",
  table: "M3 4.5h14v11H3zM3 8h14M3 11.7h14M8 4.5v11",
  apps: "M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h5v5h-5z",
  press: "M4 17h12M5.5 17V4h9v13M10 4v5M7.5 9h5v2.5h-5zM7.5 14.5h5",
  line: "M2.5 15.5h15M4 15.5v-4h3.5v4M8.5 15.5v-7H12v7M13 15.5v-10h3.5v10",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13 13l4 4",
  health: "M2.5 10.5h3.6l2-5 3.6 9 2-4h3.8",
  home: "M3 9.5 10 4l7 5.5M5 8.5V16h10V8.5",
  user: "M10 10.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM3.8 16.5c.7-2.8 3.2-4 6.2-4s5.5 1.2 6.2 4",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  close: "m5 5 10 10M15 5 5 15",
  plus: "M10 4v12M4 10h12",
  check: "m4 10.5 4 4 8-9",
  play: "M6.5 4.5v11l9-5.5z",
  pause: "M6.5 4.5v11M13.5 4.5v11",
  back: "M16 10H4m5-5-5 5 5 5",
  chevron: "m7.5 5 5 5-5 5",
  eye: "M2.5 10S5.3 5 10 5s7.5 5 7.5 5-2.8 5-7.5 5-7.5-5-7.5-5Zm7.5 2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm0 3.5V10l2.5 2",
  offline: "M3 3l14 14M5.3 8.6A7.5 7.5 0 0 1 8 7m3-.4a7.5 7.5 0 0 1 4 2M7.6 11.7a3.6 3.6 0 0 1 2-1M10 15h.01",
  cross: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM7.5 7.5l5 5m0-5-5 5",
  question: "M10 3 17.5 10 10 17 2.5 10ZM8.3 8.4a1.7 1.7 0 1 1 2.6 1.5c-.6.4-.9.7-.9 1.4M10 13.3h.01",
  lock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  link: "M8.2 11.8a3 3 0 0 0 4.3 0l2.8-2.8A3 3 0 0 0 11 4.7l-.8.8m1.6 2.7a3 3 0 0 0-4.3 0L4.7 11A3 3 0 0 0 9 15.3l.8-.8",
  warn: "M10 3.5 17.5 16.5h-15ZM10 8.5v3.5M10 14.2h.01",
  server: "M3.5 4h13v5h-13zM3.5 11h13v5h-13zM6.5 6.5h.01M6.5 13.5h.01",
  drag: "M7.5 5h.01M12.5 5h.01M7.5 10h.01M12.5 10h.01M7.5 15h.01M12.5 15h.01",
  up: "m5 12.5 5-5 5 5",
  down: "m5 7.5 5 5 5-5",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.7 10.5h7.6L14.5 6M8.5 9v5M11.5 9v5",
  formula: "M13.5 4c-2-.8-3 .2-3.3 2L8.6 14c-.4 2-1.5 2.7-3.1 2M6.5 8.5h6M12 11.5l4 4.5m0-4.5-4 4.5",
  target: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 1v4M10 15v4M1 10h4M15 10h4",
  reset: "M4.5 8A6 6 0 1 1 4 11.5M4 4v4.5h4.5",
  edit: "M4 16l.8-3.5L13 4.3l2.7 2.7-8.2 8.2L4 16Z",
} as const;

export type IconName = keyof typeof PATHS;
export const ICON_NAMES = Object.keys(PATHS) as IconName[];

export function isIcon(name: string | null | undefined): name is IconName {
  return typeof name === "string" && name in PATHS;
}

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "drag" ? 2.4 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
