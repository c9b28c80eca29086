import {
  Button,
  type ComponentProps,
  type FieldSpec,
  Icon,
  type LocalText,
  localText,
  Notice,
  Tile,
  useFieldTexts,
  useLink,
  useLocale,
} from "@sdk";
import { FormField } from "./FormField";
import { type FormState, useForm, useTypedUnits } from "./state";
import css from "./View.module.css";

export interface FormProps {
  title?: LocalText;
  fields?: FieldSpec[];
  submit_label?: LocalText;
  done_text?: LocalText;
}

export default function FormView(given: ComponentProps<FormProps>) {
  // What was typed in one unit is not read as another: with the units the form begins anew.
  return <Form key={useTypedUnits(given)} {...given} />;
}

function Form(given: ComponentProps<FormProps>) {
  const { props, text, inputs, targets, enabled } = given;
  const { language } = useLocale();
  const form = useForm(given);
  const title = localText(props.title, language) || text("title");
  if ((props.fields ?? []).length === 0)
    return (
      <Tile title={title}>
        <Notice icon="table" title={text("empty")} hint={text("empty_hint")} />
      </Tile>
    );
  if (form.phase === "done") return <Done title={title} form={form} given={given} />;
  return (
    <Tile title={title}>
      {/* biome-ignore lint/a11y/useSemanticElements: Enter in a field must not submit a form half filled. */}
      <div
        className={css.fields}
        role="form"
        aria-label={title}
        data-state={enabled ? form.phase : "disabled"}
      >
        {form.shown.map((placed) => (
          <FormField
            key={placed.spec.id}
            placed={placed}
            form={form}
            targets={targets}
            snapshot={inputs.snapshots?.[form.snapshotNo(placed.spec.id)]}
            disabled={!enabled || form.phase === "sending"}
          />
        ))}
      </div>
      <Foot form={form} given={given} />
    </Tile>
  );
}

interface PartProps {
  form: FormState;
  given: ComponentProps<FormProps>;
}

function Foot({ form, given }: PartProps) {
  const { props, text, enabled } = given;
  const { language } = useLocale();
  const t = useFieldTexts();
  const link = useLink();
  const offline = !link.up && link.lost_since_ms !== null;
  const sending = form.phase === "sending";
  return (
    <div className={css.foot}>
      <Said form={form} given={given} offline={offline} />
      <Button
        look="primary"
        className={css.submit ?? ""}
        disabled={!enabled || sending || offline}
        onClick={() => void form.submit()}
      >
        {sending ? <Icon name="clock" size={16} /> : null}
        {sending
          ? t("pending")
          : localText(props.submit_label, language) ||
            text(form.phase === "editing" ? "submit" : "submit_rest")}
      </Button>
    </div>
  );
}

/** The one line that says where the form stands and what to do. */
function Said({ form, given, offline }: PartProps & { offline: boolean }) {
  const { text, enabled } = given;
  const t = useFieldTexts();
  const say = (words: string, tone: string, extra?: React.ReactNode) => (
    <span className={css.said} data-tone={tone} role="status" title={words}>
      <span className={css.words}>{words}</span>
      {extra}
    </span>
  );
  if (!enabled) return say(`${t("not_enabled")}. ${t("not_enabled_hint")}`, "calm");
  if (offline) return say(text("offline"), "warn");
  if (form.problems > 0) return say(text("problems", { n: String(form.problems) }), "bad");
  if (form.phase === "preview") return say(t("preview"), "calm");
  if (form.phase === "cancelled") return say(text("cancelled"), "calm");
  if (form.phase === "unknown") return say(`${t("unknown")} ${form.message}`.trim(), "warn");
  if (form.phase === "refused")
    return say(
      text("refused", { done: String(form.doneCount), reason: form.message || t("refused") }),
      "bad",
    );
  if (form.restored)
    return say(
      text("restored"),
      "calm",
      <Button look="quiet" onClick={form.discard}>
        {text("discard")}
      </Button>,
    );
  if (form.unbound > 0) return say(text("unbound", { n: String(form.unbound) }), "warn");
  return say("", "calm");
}

function Done({ title, form, given }: PartProps & { title: string }) {
  const { props, text } = given;
  const { language } = useLocale();
  return (
    <Tile title={title}>
      <div className={css.done} role="status" data-state="done">
        <Icon name="check" size={24} />
        <strong>{localText(props.done_text, language) || text("done")}</strong>
        <Button look="primary" className={css.submit ?? ""} onClick={form.again}>
          {text("again")}
        </Button>
      </div>
    </Tile>
  );
}
