import {
  arrowAt,
  type ComponentProps,
  type MimicGeometry,
  type PipeEnds,
  type PlacedBox,
  pathOf,
  pipeWay,
  type Signal,
  toPlot,
  useMimicGeometry,
  useSignal,
} from "@sdk";
import { type CSSProperties, useMemo } from "react";
import css from "./View.module.css";

export interface PipeProps extends PipeEnds {
  medium?: "neutral" | "water" | "steam" | "air" | "gas" | "oil" | "product" | "waste";
  size?: number;
  animate?: boolean;
}

const SIZE = 5;
/** Its box where it lies on no drawing. */
const ALONE = { x: 0, y: 0, w: 120, h: 24 };
/** How much wider than the pipe the stripe is by which it is taken hold of, in the designer. */
const REACH = 16;

export default function PipeView(given: ComponentProps<PipeProps>) {
  const signal = given.inputs.flow?.[0];
  return signal ? <Flowing given={given} signal={signal} /> : <Pipe given={given} flow={null} level="good" />;
}

function Flowing({ given, signal }: { given: ComponentProps<PipeProps>; signal: Signal }) {
  const { value, assessment } = useSignal(signal);
  const flow = assessment.current ? toPlot(value) : null;
  return <Pipe given={given} flow={flow} level={assessment.level} unknown={flow === null} />;
}

interface DrawProps {
  given: ComponentProps<PipeProps>;
  flow: number | null;
  level: string;
  unknown?: boolean;
}

function Pipe({ given, flow, level, unknown = false }: DrawProps) {
  const { props, id, text } = given;
  const geometry = useMimicGeometry();
  const own = geometry?.boxes.get(id) ?? null;
  const way = useMemo(() => pipeWay(props, geometry?.boxes, own ?? ALONE), [props, geometry, own]);
  const direction = flow === null || flow === 0 ? 0 : flow > 0 ? 1 : -1;
  const state = unknown ? "unknown" : flow === null ? "plain" : direction === 0 ? "still" : "flowing";
  const size = props.size ?? SIZE;
  const arrow = direction === 0 ? null : arrowAt(direction > 0 ? way.points : [...way.points].reverse());
  const path = pathOf(way.points);
  const style = {
    "--pipe": `var(${TONES[props.medium ?? "neutral"]})`,
    ...placeOf(geometry, own),
  } as CSSProperties;
  const label = [text(`medium_${props.medium ?? "neutral"}`), text(`state_${state}`)].join(": ");
  return (
    <svg
      className={css.pipe}
      style={style}
      viewBox={geometry && own ? `0 0 ${geometry.width} ${geometry.height}` : "0 0 120 24"}
      preserveAspectRatio={geometry && own ? "none" : "xMidYMid meet"}
      role="img"
      aria-label={label}
      data-state={way.joined ? state : "open"}
      data-level={level}
    >
      <path className={css.reach} d={path} strokeWidth={size + REACH} />
      <path className={css.wall} d={path} strokeWidth={size + 2} />
      <path className={css.inside} d={path} strokeWidth={size} />
      {direction !== 0 && props.animate !== false ? (
        <path
          className={css.stream}
          d={path}
          strokeWidth={Math.max(1.5, size - 2)}
          data-back={direction < 0}
        />
      ) : null}
      {arrow ? (
        <path
          className={css.arrow}
          d="M-7-6 8 0-7 6Z"
          transform={`translate(${arrow.x} ${arrow.y}) rotate(${arrow.angle})`}
        />
      ) : null}
      {way.joined
        ? null
        : [way.points[0], way.points.at(-1)].map((end, index) =>
            end ? (
              <circle key={index === 0 ? "from" : "to"} className={css.end} cx={end.x} cy={end.y} r={size} />
            ) : null,
          )}
    </svg>
  );
}

/** No red and no amber among them: those are kept for what is abnormal. */
const TONES = {
  neutral: "--line-strong",
  water: "--series-8",
  steam: "--series-4",
  air: "--series-5",
  gas: "--series-3",
  oil: "--pointer",
  product: "--series-1",
  waste: "--series-7",
} as const;

/** The drawing covers the whole area: it is moved back by the place of the pipe's own box. */
function placeOf(geometry: MimicGeometry | null, own: PlacedBox | null): CSSProperties {
  if (!geometry || !own) return { left: 0, top: 0, width: "100%", height: "100%" };
  return {
    left: `${(-own.x / own.w) * 100}%`,
    top: `${(-own.y / own.h) * 100}%`,
    width: `${(geometry.width / own.w) * 100}%`,
    height: `${(geometry.height / own.h) * 100}%`,
  };
}
