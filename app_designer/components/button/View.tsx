import {
  type ComponentProps,
  Icon,
  isIcon,
  type LocalText,
  localText,
  Outcome,
  useCommand,
  useFieldTexts,
  useLocale,
  type Value,
} from "@sdk";
import { useHold } from "./hold";
import css from "./View.module.css";

export interface ButtonProps {
  label?: LocalText;
  icon?: string;
  look?: "primary" | "plain" | "danger";
  hold?: boolean;
  value?: Value;
}

export default function ButtonView({
  props,
  targets,
  emit,
  write,
  enabled,
  text,
}: ComponentProps<ButtonProps>) {
  const { language } = useLocale();
  const t = useFieldTexts();
  const command = useCommand(write, "command");
  const label = localText(props.label, language) || text("label");
  const busy = command.state.phase === "pending";
  const usable = enabled && !busy;
  const press = () => {
    if (!usable) return;
    emit("press", { value: props.value ?? null });
    if (targets.command) void command.send(props.value ?? true);
  };
  const hold = useHold(press, props.hold === true && usable);
  const note = !enabled ? t("not_enabled") : props.hold ? text("hold") : "";
  return (
    <div className={css.box}>
      <button
        type="button"
        className={css.button}
        data-look={props.look ?? "primary"}
        data-state={!enabled ? "disabled" : busy ? "pending" : "ready"}
        data-holding={hold.holding}
        aria-disabled={!usable}
        title={!enabled ? t("not_enabled_hint") : label}
        {...(props.hold ? hold.handlers : { onClick: press })}
      >
        {isIcon(props.icon) ? <Icon name={props.icon} size={24} /> : null}
        <span className={css.words}>
          <span className={css.label}>{label}</span>
          {note ? <span className={css.note}>{note}</span> : null}
        </span>
      </button>
      {command.state.phase === "idle" ? null : (
        <span className={css.outcome}>
          <Outcome state={command.state} />
        </span>
      )}
    </div>
  );
}
