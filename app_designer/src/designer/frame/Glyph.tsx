/** Signs that only the designer needs, on a 20 px field like `Icon`. */
const PATHS = {
  undo: "M7.5 4.5 3.5 8.5l4 4M4 8.5h8a4.5 4.5 0 0 1 0 9H8",
  redo: "m12.5 4.5 4 4-4 4M16 8.5H8a4.5 4.5 0 0 0 0 9h4",
  pc: "M2.5 4h15v9.5h-15zM7 17h6M10 13.5V17",
  tablet: "M4.5 2.5h11v15h-11zM9 15h2",
  phone: "M6 2.5h8v15H6zM9.2 15h1.6",
  minus: "M4 10h12",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  left_panel: "M3 4h14v12H3zM7.5 4v12",
  right_panel: "M3 4h14v12H3zM12.5 4v12",
  publish: "M10 13V3.5M6 7l4-4 4 4M3.5 12.5v4h13v-4",
  versions: "M4 4v5h5M4.6 9A6.2 6.2 0 1 1 4 12.5M10 7v3.5l2.3 1.6",
  blocks: "M3.5 3.5h5.5v5.5H3.5zM11 3.5h5.5v5.5H11zM3.5 11h5.5v5.5H3.5zM13.7 11v5.5M11 13.7h5.5",
  data: "M4 5c0-1.1 2.7-2 6-2s6 .9 6 2-2.7 2-6 2-6-.9-6-2Zm0 0v10c0 1.1 2.7 2 6 2s6-.9 6-2V5M4 10c0 1.1 2.7 2 6 2s6-.9 6-2",
  outline: "M3.5 4.5h13M7 10h9.5M7 15.5h9.5M3.5 10h.01M3.5 15.5h.01",
  pages: "M6 2.5h6l3.5 3.5v11.5H6zM12 2.5V6h3.5M3.5 6v12",
  cut: "M6 14.5a2 2 0 1 0 0 .01M14 14.5a2 2 0 1 0 0 .01M7.3 13 14 3M12.7 13 6 3",
  copy: "M7 7h9.5v9.5H7zM4 13H3.5V3.5H13V4",
  trash: "M3.5 5.5h13M8 5V3.5h4V5M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5",
  group: "M3.5 6V3.5H6M14 3.5h2.5V6M16.5 14v2.5H14M6 16.5H3.5V14M6.5 6.5h4v4h-4zM9.5 10.5v3h4v-4h-3",
  unlock: "M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 5.6-1.5",
  hidden:
    "M3 3l14 14M8.2 5.2A7 7 0 0 1 10 5c4.7 0 7.5 5 7.5 5a13 13 0 0 1-2 2.6M5.2 6.7A13 13 0 0 0 2.5 10S5.3 15 10 15a7 7 0 0 0 3-.7",
  align_left: "M3.5 3v14M6 6h10v3H6zM6 12h6v3H6z",
  align_center: "M10 3v14M5 6h10v3H5zM7 12h6v3H7z",
  align_right: "M16.5 3v14M4 6h10v3H4zM8 12h6v3H8z",
  align_top: "M3 3.5h14M6 6h3v10H6zM12 6h3v6h-3z",
  align_middle: "M3 10h14M6 5h3v10H6zM12 7h3v6h-3z",
  align_bottom: "M3 16.5h14M6 4h3v10H6zM12 8h3v6h-3z",
  spread_x: "M3.5 3v14M16.5 3v14M8 6h4v8H8z",
  spread_y: "M3 3.5h14M3 16.5h14M6 8h8v4H6z",
  front: "M3.5 3.5h9v9h-9zM15 7v9.5H5.5",
  back: "M7.5 7.5h9v9h-9zM5 12.5H3.5v-9h9V5",
  rotate: "M15.5 6.5A6.5 6.5 0 1 0 16.5 10M16.5 3v4h-4",
  block: "M10 2.5 16.5 6v8L10 17.5 3.5 14V6zM3.5 6 10 9.5 16.5 6M10 9.5v8",
  reset: "M4.5 10a5.5 5.5 0 1 1 1.8 4.1M4 4.5V9h4.5",
} as const;

export type GlyphName = keyof typeof PATHS;

export function Glyph({ name, size = 18 }: { name: GlyphName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 2.6 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
