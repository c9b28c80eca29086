import {
  Button,
  type ComponentProps,
  type FieldOption,
  type LocalText,
  localText,
  Outcome,
  optionName,
  optionsOfTexts,
  Reasons,
  signalMeta,
  signalName,
  Tile,
  useCommand,
  useFieldTexts,
  useLocale,
  type Value,
} from "@sdk";
import { useId, useState } from "react";
import css from "./View.module.css";

export interface ReasonPickerProps {
  title?: LocalText;
  options?: FieldOption[];
  note?: boolean;
}

const NOTE_LENGTH_MAX = 200;

export default function ReasonPickerView(given: ComponentProps<ReasonPickerProps>) {
  const { props, targets, emit, output, write, enabled, text } = given;
  const { language } = useLocale();
  const t = useFieldTexts();
  const id = useId();
  const [chosen, setChosen] = useState<FieldOption | null>(null);
  const [note, setNote] = useState("");
  const code = useCommand(write, "code");
  const noted = useCommand(write, "note");
  const target = targets.code;
  const options = props.options?.length ? props.options : optionsOfTexts(target && textsOf(target, language));
  const title = localText(props.title, language) || (target ? signalName(target, language) : text("title"));
  const busy = code.state.phase === "pending" || noted.state.phase === "pending";
  const send = async (option: FieldOption, words: string) => {
    if (!enabled || busy) return;
    output("value", option.value);
    emit("pick", { value: option.value, label: optionName(option, language), note: words });
    const outcome = target ? await code.send(option.value) : null;
    if (target && outcome?.status !== "done") return;
    if (targets.note && words) await noted.send(words);
    setNote("");
    if (props.note) setChosen(null);
  };
  const pick = (option: FieldOption) => {
    setChosen(option);
    code.clear();
    if (!props.note) void send(option, "");
  };
  const value: Value = chosen?.value ?? null;
  return (
    <Tile title={title}>
      <div className={css.body} data-state={!enabled ? "disabled" : busy ? "pending" : "ready"}>
        <Reasons label={title} options={options} value={value} onPick={pick} disabled={!enabled || busy} />
      </div>
      {props.note && chosen ? (
        <div className={css.note}>
          <label className="visually-hidden" htmlFor={id}>
            {t("note")}
          </label>
          <input
            id={id}
            className={css.input}
            value={note}
            maxLength={NOTE_LENGTH_MAX}
            placeholder={`${t("note")} (${t("note_hint")})`}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button
            look="primary"
            className={css.send ?? ""}
            disabled={!enabled || busy}
            onClick={() => void send(chosen, note.trim())}
          >
            {t("ok")}
          </Button>
        </div>
      ) : null}
      <span className={css.foot}>
        {enabled ? (
          <Outcome
            state={noted.state.phase !== "idle" && noted.state.phase !== "done" ? noted.state : code.state}
          />
        ) : (
          t("not_enabled")
        )}
      </span>
    </Tile>
  );
}

/** The value texts of a tag in the reader's language. */
function textsOf(signal: Parameters<typeof signalMeta>[0], language: string): Record<string, string> {
  const meta = signalMeta(signal);
  return { ...meta.texts, ...meta.texts_i18n?.[language] };
}
