import {
  BlockTile,
  type ComponentProps,
  displayUnit,
  formatNumber,
  type LocalText,
  localText,
  type Reading,
  ReadingMark,
  ReadingNumber,
  type Scale,
  type Signal,
  type SteadyReading,
  type SteadySource,
  scaleOf,
  shareOf,
  signalMeta,
  signalName,
  useBlockTexts,
  useDrawn,
  useLocale,
  useMeter,
  useMissing,
  useOpenDetail,
  useSteadyReading,
  useUnitWishes,
} from "@sdk";
import { useCallback, useEffect, useMemo } from "react";
import css from "./View.module.css";

export interface TankProps {
  title?: LocalText;
  min?: number;
  max?: number;
  show_limits?: boolean;
  capacity?: number;
  capacity_unit?: string;
  decimals?: number;
}

export default function TankView(block: ComponentProps<TankProps>) {
  const { language } = useLocale();
  const signal = block.inputs.value?.[0];
  const missing = useMissing(block.inputs.value ?? []);
  const title = localText(block.props.title, language) || (signal ? signalName(signal, language) : "");
  if (!signal || missing) {
    return (
      <BlockTile title={title} tone={block.tone}>
        {missing}
      </BlockTile>
    );
  }
  return <Tank title={title} block={block} signal={signal} />;
}

function Tank({ title, block, signal }: { title: string; block: ComponentProps<TankProps>; signal: Signal }) {
  const { props, emit, output, enabled, tone } = block;
  const open = useOpenDetail();
  const reading = useSteadyReading(signal, props.decimals);
  const { level, steady } = reading;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the level alone is told, not each new `output`.
  useEffect(() => output("level", level), [level]);
  const { min, max } = props;
  const scale = useMemo(() => scaleOf(signalMeta(signal), { min, max }), [signal, min, max]);
  const id = signal.tag?.id;
  const press = () => {
    if (!emit("press", { value: steady.now().state.value }) && id !== undefined) open(id);
  };
  return (
    <BlockTile title={title} tone={tone} hatched={reading.hatched} onPress={press} enabled={enabled}>
      <span className={css.tank}>
        <Vessel title={title} reading={reading} scale={scale} limits={props.show_limits !== false} />
        <span className={css.words} aria-hidden={scale !== null}>
          <ReadingNumber reading={reading} />
          {props.capacity ? (
            <Amount source={steady} scale={scale} capacity={props.capacity} unit={props.capacity_unit} />
          ) : null}
          <ReadingMark reading={reading} />
        </span>
      </span>
    </BlockTile>
  );
}

interface AmountProps {
  source: SteadySource;
  scale: Scale | null;
  capacity: number;
  unit: string | undefined;
}

/** How much that is of what the vessel holds. */
function Amount({ source, scale, capacity, unit = "" }: AmountProps) {
  const { language } = useLocale();
  const shown = displayUnit(unit, useUnitWishes());
  const linear = shown?.offset === 0 ? shown : null;
  const whole = linear ? linear.convert(capacity) : capacity;
  const amountUnit = linear ? linear.unit : unit;
  const write = useCallback(
    (span: HTMLSpanElement, { number }: Reading) => {
      const amount = scale && number !== null ? shareOf(scale, number) * whole : null;
      const text =
        amount === null ? "—" : `${formatNumber(amount, amount >= 100 ? 0 : 1, language)} ${amountUnit}`;
      if (span.textContent !== text) span.textContent = text;
    },
    [scale, whole, amountUnit, language],
  );
  return <span ref={useDrawn(source, write)} className={`${css.amount} truncate`} />;
}

interface VesselProps {
  title: string;
  reading: SteadyReading;
  scale: Scale | null;
  limits: boolean;
}

function Vessel({ title, reading, scale, limits }: VesselProps) {
  const meter = useMeter(reading, scale, title);
  const words = useBlockTexts();
  return (
    <span className={css.vessel} {...meter}>
      <span className={css.inside}>
        {scale && reading.number !== null ? (
          <Fill scale={scale} source={reading.steady} current={reading.state.assessment.current} />
        ) : null}
        {limits && scale
          ? scale.limits.map(({ name, value }) => (
              <span
                key={name}
                className={css.limit}
                data-limit={name}
                title={`${words(name)}: ${reading.format(value).text}`}
                style={{ bottom: `${shareOf(scale, value) * 100}%` }}
              />
            ))
          : null}
      </span>
    </span>
  );
}

/** What the vessel holds: as high as the vessel itself, moved down to where it ends; painted, not laid out. */
function Fill({ scale, source, current }: { scale: Scale; source: SteadySource; current: boolean }) {
  const draw = useCallback(
    (fill: HTMLSpanElement, { number }: Reading) => {
      if (number === null) return;
      const transform = `translateY(${((1 - shareOf(scale, number)) * 100).toFixed(2)}%)`;
      if (fill.style.transform !== transform) fill.style.transform = transform;
    },
    [scale],
  );
  return <span ref={useDrawn(source, draw)} className={css.fill} data-current={current} />;
}
