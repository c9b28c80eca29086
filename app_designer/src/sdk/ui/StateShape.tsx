import type { StateTone } from "../chart/states";

const SHAPES: Record<StateTone["shape"], string> = {
  disc: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Z",
  ring: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm0 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z",
  square: "M4 4h12v12H4Z",
  triangle: "M10 3l8 14H2Z",
  diamond: "M10 2l8 8-8 8-8-8Z",
  dash: "M3 8h14v4H3Z",
};

/** The shape that goes with the colour of a state, so that either alone is enough. */
export function StateShape({ shape, size = 16 }: { shape: StateTone["shape"]; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="currentColor"
      fillRule="evenodd"
      aria-hidden="true"
    >
      <path d={SHAPES[shape]} />
    </svg>
  );
}
