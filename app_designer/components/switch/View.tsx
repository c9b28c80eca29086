import {
  type ComponentProps,
  Icon,
  isOn,
  type LocalText,
  localText,
  Outcome,
  QualityMark,
  type Signal,
  signalMeta,
  signalName,
  Tile,
  textKey,
  useCommand,
  useFieldTexts,
  useFormatter,
  useLocale,
  useReadback,
  useSignal,
  type Value,
} from "@sdk";
import css from "./View.module.css";

export interface SwitchProps {
  title?: LocalText;
  on_label?: LocalText;
  off_label?: LocalText;
  on_value?: Value;
  off_value?: Value;
}

type Props = ComponentProps<SwitchProps>;

export default function SwitchView(given: Props) {
  const { language } = useLocale();
  const { props, targets, inputs } = given;
  const signal = inputs.value?.[0] ?? targets.target;
  const title =
    localText(props.title, language) || (signal ? signalName(signal, language) : given.text("title"));
  return signal ? <Bound {...given} signal={signal} title={title} /> : <Unbound title={title} />;
}

function Unbound({ title }: { title: string }) {
  const t = useFieldTexts();
  return (
    <Tile title={title}>
      <span className={css.hint} data-state="unbound" title={t("not_bound_hint")}>
        {t("not_bound")}
      </span>
    </Tile>
  );
}

function Bound(given: Props & { signal: Signal; title: string }) {
  const { props, signal, title, enabled, write, targets, output, emit } = given;
  const { language } = useLocale();
  const t = useFieldTexts();
  const { value, sample, assessment } = useSignal(signal);
  const format = useFormatter(signal);
  const command = useCommand(write, "target");
  const readback = useReadback(value, command.state, null);
  const real = assessment.current ? isOn(value) : null;
  const values = sentValues(props, targets.target ?? signal);
  const texts = { ...signalMeta(signal).texts, ...signalMeta(signal).texts_i18n?.[language] };
  const usable = enabled && targets.target !== undefined && command.state.phase !== "pending";
  const set = async (on: boolean) => {
    if (!usable) return;
    const outcome = await command.send(values[on ? "on" : "off"]);
    if (outcome?.status === "done") {
      output("last_sent", values[on ? "on" : "off"]);
      emit("change", { value: on });
    }
  };
  const side = (on: boolean) => {
    const word =
      localText(on ? props.on_label : props.off_label, language) ||
      texts[textKey(values[on ? "on" : "off"])] ||
      given.text(on ? "on" : "off");
    const waits =
      (command.state.phase === "pending" || readback === "waiting") &&
      "value" in command.state &&
      command.state.value === values[on ? "on" : "off"];
    return (
      <button
        type="button"
        className={css.side}
        aria-pressed={real === on}
        aria-disabled={!usable}
        data-waits={waits}
        title={word}
        onClick={() => void set(on)}
      >
        {real === on ? <Icon name="check" size={16} /> : waits ? <Icon name="clock" size={16} /> : null}
        <span className="truncate">{word}</span>
      </button>
    );
  };
  return (
    <Tile title={title} hatched={!assessment.current && assessment.level !== "waiting"}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own frame and legend. */}
      <span
        className={css.sides}
        role="group"
        aria-label={title}
        data-state={real === null ? "unknown" : real ? "on" : "off"}
      >
        {side(false)}
        {side(true)}
      </span>
      <span className={css.foot}>
        {!enabled ? (
          <span className={css.hint} title={t("not_enabled_hint")}>
            {t("not_enabled")}
          </span>
        ) : command.state.phase === "idle" || (readback === "reached" && !assessment.current) ? (
          <QualityMark assessment={assessment} sample={sample} />
        ) : (
          <Outcome state={command.state} readback={readback} present={format(value).text} />
        )}
      </span>
    </Tile>
  );
}

/** What stands for on and off: as given, else what the kind of the tag takes. */
function sentValues(props: SwitchProps, signal: Signal): { on: Value; off: Value } {
  const isBoolean = (signal.tag?.kind ?? "b") === "b";
  return {
    on: props.on_value ?? (isBoolean ? true : 1),
    off: props.off_value ?? (isBoolean ? false : 0),
  };
}
