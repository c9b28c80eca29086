import { type Reading, type Scale, type SteadySource, shareOf, useDrawn } from "@sdk";
import { useCallback } from "react";

/** The field is 200 × 150; the scale goes from lower left over the top to lower right about (100, 92). */
const CENTRE = { x: 100, y: 92 };
const FROM_DEG = -120;
const SWEEP_DEG = 240;

function point(share: number, radius: number): string {
  const angle = ((FROM_DEG + share * SWEEP_DEG - 90) * Math.PI) / 180;
  return `${(CENTRE.x + radius * Math.cos(angle)).toFixed(2)} ${(CENTRE.y + radius * Math.sin(angle)).toFixed(2)}`;
}

/** An arc between two shares of the scale. */
export function arcPath(from: number, to: number, radius: number): string {
  const large = (to - from) * SWEEP_DEG > 180 ? 1 : 0;
  return `M${point(from, radius)}A${radius} ${radius} 0 ${large} 1 ${point(to, radius)}`;
}

/** Track, normal band, limits and pointer; without a scale the track alone. */
export function Arc({
  scale,
  pointer,
  limits,
}: {
  scale: Scale | null;
  /** Where the pointer stands; null where there is nothing to point at. */
  pointer: SteadySource | null;
  limits: boolean;
}) {
  const banded = limits && scale && (scale.lo !== null || scale.hi !== null);
  return (
    <svg viewBox="0 0 200 150" width="100%" height="100%" aria-hidden="true">
      <path d={arcPath(0, 1, 80)} fill="none" stroke="var(--surface-3)" strokeWidth={12} />
      {banded ? (
        <path
          d={arcPath(shareOf(scale, scale.lo ?? scale.min), shareOf(scale, scale.hi ?? scale.max), 80)}
          fill="none"
          stroke="var(--band)"
          strokeWidth={12}
        />
      ) : null}
      {limits && scale
        ? scale.limits.map(({ name, value: limit }) => (
            <path
              key={name}
              d={`M${point(shareOf(scale, limit), 72)}L${point(shareOf(scale, limit), 88)}`}
              stroke={name === "lo" || name === "hi" ? "var(--band-edge)" : "var(--alarm)"}
              strokeWidth={2.5}
            />
          ))
        : null}
      {scale && pointer ? <Pointer scale={scale} source={pointer} /> : null}
    </svg>
  );
}

/** Steps in which the pointer turns: finer ones are not seen, and each one is painted. */
const STEP_DEG = 0.25;

/** Radius of the wedge's tip and of its base, and half the angle its base spans. */
const TIP = 89;
const BASE = 63;
const HALF_BASE_DEG = 4.5;

/** The wedge at an angle: drawn where it stands, since a turned one has the browser sort the whole screen anew. */
export function wedgePath(angleDeg: number): string {
  const share = (deg: number) => (deg - FROM_DEG) / SWEEP_DEG;
  const [tip, left, right] = [
    point(share(angleDeg), TIP),
    point(share(angleDeg - HALF_BASE_DEG), BASE),
    point(share(angleDeg + HALF_BASE_DEG), BASE),
  ];
  return `M${tip}L${right}L${left}Z`;
}

/** A wedge that points at the scale from inside: the middle is left to the number. */
function Pointer({ scale, source }: { scale: Scale; source: SteadySource }) {
  const turn = useCallback(
    (wedge: SVGPathElement, { number }: Reading) => {
      if (number === null) return;
      const angle = Math.round((FROM_DEG + shareOf(scale, number) * SWEEP_DEG) / STEP_DEG) * STEP_DEG;
      const path = wedgePath(angle);
      if (wedge.getAttribute("d") !== path) wedge.setAttribute("d", path);
    },
    [scale],
  );
  return (
    <path
      ref={useDrawn(source, turn)}
      data-pointer="true"
      fill="var(--pointer)"
      stroke="var(--surface)"
      strokeWidth={1.5}
    />
  );
}
