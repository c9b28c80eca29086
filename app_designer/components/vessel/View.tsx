import {
  type ComponentProps,
  type Signal,
  type SymbolProps,
  SymbolView,
  signalMeta,
  toPlot,
  useSignal,
} from "@sdk";
import { useId } from "react";

export interface VesselProps extends SymbolProps {
  min?: number;
  max?: number;
}

const [TOP, HEIGHT] = [4, 92];

/** A vessel whose level is drawn inside; without a level it is an outline with its state. */
export default function VesselView(given: ComponentProps<VesselProps>) {
  const level = given.inputs.level?.[0];
  return (
    <SymbolView
      stretches
      given={{
        ...given,
        inputs: {
          ...given.inputs,
          value: given.inputs.value?.length ? given.inputs.value : (given.inputs.level ?? []),
        },
      }}
      draw={() => (
        <>
          <rect x={0} y={TOP} width={100} height={HEIGHT} rx={16} data-ground="" />
          {level ? <Level signal={level} props={given.props} /> : null}
          <rect x={0} y={TOP} width={100} height={HEIGHT} rx={16} fillOpacity={level ? 0 : 1} />
          <line x1={50} y1={0} x2={50} y2={TOP} />
          <line x1={50} y1={TOP + HEIGHT} x2={50} y2={100} />
        </>
      )}
    />
  );
}

/** The filled part; nothing is drawn for a level that is not current. */
function Level({ signal, props }: { signal: Signal; props: VesselProps }) {
  const { value, assessment } = useSignal(signal);
  const clip = useId();
  const span = signalMeta(signal).span;
  const min = props.min ?? span?.[0] ?? 0;
  const max = props.max ?? span?.[1] ?? 100;
  const number = assessment.current ? toPlot(value) : null;
  if (number === null || max <= min) return null;
  const share = Math.min(1, Math.max(0, (number - min) / (max - min)));
  const height = share * HEIGHT;
  return (
    <>
      <clipPath id={clip}>
        <rect x={0} y={TOP} width={100} height={HEIGHT} rx={16} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        <rect x={0} y={TOP + HEIGHT - height} width={100} height={height} data-fill="" />
      </g>
    </>
  );
}
