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
  scaleOf,
  shareOf,
  signalMeta,
  signalName,
  useBlockTexts,
  useLocale,
  useMeter,
  useMissing,
  useOpenDetail,
  useReading,
  useUnitWishes,
} from "@sdk";
import { useEffect } from "react";
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
  const { language } = useLocale();
  const open = useOpenDetail();
  const reading = useReading(signal, props.decimals);
  const { level, state, number } = reading;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the level alone is told, not each new `output`.
  useEffect(() => output("level", level), [level]);
  const scale = scaleOf(signalMeta(signal), { min: props.min, max: props.max });
  const id = signal.tag?.id;
  const press = () => {
    if (!emit("press", { value: state.value }) && id !== undefined) open(id);
  };
  const share = scale && number !== null ? shareOf(scale, number) : null;
  const capacity = displayUnit(props.capacity_unit, useUnitWishes());
  const whole = capacity?.offset === 0 ? capacity.convert(props.capacity ?? 0) : props.capacity;
  const amountUnit = capacity?.offset === 0 ? capacity.unit : (props.capacity_unit ?? "");
  const amount = share !== null && whole ? share * whole : null;
  return (
    <BlockTile title={title} tone={tone} hatched={reading.hatched} onPress={press} enabled={enabled}>
      <span className={css.tank}>
        <Vessel
          title={title}
          reading={reading}
          scale={scale}
          share={share}
          limits={props.show_limits !== false}
        />
        <span className={css.words} aria-hidden={scale !== null}>
          <ReadingNumber reading={reading} />
          {props.capacity ? (
            <span className={`${css.amount} truncate`}>
              {amount === null
                ? "—"
                : `${formatNumber(amount, amount >= 100 ? 0 : 1, language)} ${amountUnit}`}
            </span>
          ) : null}
          <ReadingMark reading={reading} />
        </span>
      </span>
    </BlockTile>
  );
}

interface VesselProps {
  title: string;
  reading: Reading;
  scale: Scale | null;
  share: number | null;
  limits: boolean;
}

function Vessel({ title, reading, scale, share, limits }: VesselProps) {
  const meter = useMeter(reading, scale, title);
  const words = useBlockTexts();
  return (
    <span className={css.vessel} {...meter}>
      <span className={css.inside}>
        {share !== null ? (
          <span
            className={css.fill}
            data-current={reading.state.assessment.current}
            style={{ height: `${share * 100}%` }}
          />
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
