import { useId } from "react";
import type { TagMeta } from "../api/types";
import { useLocale } from "../context";
import { localText } from "../i18n/catalogue";
import { useUnitWishes } from "../preferences/context";
import { Icon } from "../ui/Icon";
import type { EntryProblem } from "./entry_limits";
import { storedText } from "./entry_unit";
import { type FieldDraft, type FieldSpec, fieldEntry } from "./field_spec";
import css from "./fields.module.css";
import { NumberEntry } from "./NumberEntry";
import { optionKey, optionName } from "./options";
import { Reasons } from "./Reasons";
import { rangeText } from "./range_text";
import { useFieldTexts } from "./texts";

export interface ControlProps {
  spec: FieldSpec;
  draft: FieldDraft;
  onDraft: (draft: FieldDraft) => void;
  problem?: EntryProblem | null;
  disabled?: boolean;
  meta?: TagMeta;
  /** A snapshot draws its live value here. */
  snapshot?: React.ReactNode;
  onEnter?: (() => void) | undefined;
  /** The heading of the block around already names it. */
  hideLabel?: boolean;
}

/** One field with its label, help and message: any kind, by its description alone. */
export function FieldControl(props: ControlProps) {
  const { spec, problem = null, hideLabel = false } = props;
  const { language } = useLocale();
  const t = useFieldTexts();
  const id = useId();
  const label = localText(spec.label, language) || spec.id;
  const isNumber = spec.kind === "number" || spec.kind === "integer";
  const entry = fieldEntry(spec, props.meta ?? {}, useUnitWishes());
  const numbers = isNumber
    ? [rangeText(entry.limits, t), storedText(entry, String(props.draft ?? ""), t)]
    : [];
  const help = [localText(spec.help, language), ...numbers].filter(Boolean).join(" · ");
  const described = problem ? `${id}-problem` : help ? `${id}-help` : undefined;
  const hasOwnLabel = spec.kind === "checkbox";
  return (
    <div className={css.field} data-kind={spec.kind} data-state={problem ? "invalid" : "valid"}>
      {hideLabel || hasOwnLabel ? null : (
        <label className={css.label} htmlFor={id}>
          <span>{label}</span>
          {spec.required ? <span className={css.required}>{t("required")}</span> : null}
        </label>
      )}
      <Control {...props} id={id} label={label} describedBy={described} />
      {problem ? (
        <span id={`${id}-problem`} className={css.problem} role="alert">
          <Icon name="warn" size={16} />
          {t(problem.text, problem.values)}
        </span>
      ) : help ? (
        <span id={`${id}-help`} className={css.hint} title={help}>
          {help}
        </span>
      ) : null}
    </div>
  );
}

type InnerProps = ControlProps & { id: string; label: string; describedBy: string | undefined };

function Control(props: InnerProps) {
  switch (props.spec.kind) {
    case "number":
    case "integer":
      return <NumberField {...props} />;
    case "select":
      return <SelectField {...props} />;
    case "radio":
      return <RadioField {...props} />;
    case "checkbox":
      return <CheckField {...props} />;
    case "reason":
      return (
        <Reasons
          label={props.label}
          options={props.spec.options ?? []}
          value={props.draft}
          disabled={props.disabled ?? false}
          describedBy={props.describedBy}
          onPick={(option) => props.onDraft(option.value)}
        />
      );
    case "rating":
      return <RatingField {...props} />;
    case "snapshot":
      return <output id={props.id}>{props.snapshot}</output>;
    default:
      return <TextField {...props} />;
  }
}

function TextField({ spec, id, draft, onDraft, disabled, describedBy, problem, onEnter, label }: InnerProps) {
  const { language } = useLocale();
  const shared = {
    id,
    disabled,
    value: draft === null ? "" : String(draft),
    placeholder: localText(spec.placeholder, language) || undefined,
    "aria-label": label,
    "aria-describedby": describedBy,
    "aria-invalid": Boolean(problem),
    "aria-required": spec.required ?? false,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onDraft(event.target.value),
  };
  if (spec.kind === "multiline") return <textarea {...shared} className={css.area} rows={3} />;
  const type = spec.kind === "date" || spec.kind === "time" ? spec.kind : "text";
  return (
    <input
      {...shared}
      type={type}
      className={css.input}
      autoComplete="off"
      onKeyDown={(event) => {
        if (event.key === "Enter") onEnter?.();
      }}
    />
  );
}

function NumberField({
  spec,
  id,
  label,
  draft,
  onDraft,
  disabled,
  describedBy,
  problem,
  meta,
  onEnter,
}: InnerProps) {
  const entry = fieldEntry(spec, meta ?? {}, useUnitWishes());
  return (
    <NumberEntry
      id={id}
      label={label}
      text={draft === null ? "" : String(draft)}
      onText={onDraft}
      limits={entry.limits}
      disabled={disabled ?? false}
      invalid={Boolean(problem)}
      describedBy={describedBy}
      onEnter={onEnter}
    />
  );
}

function SelectField({ spec, id, label, draft, onDraft, disabled, describedBy, problem }: InnerProps) {
  const { language } = useLocale();
  const t = useFieldTexts();
  const options = spec.options ?? [];
  return (
    <select
      id={id}
      className={css.input}
      disabled={disabled || options.length === 0}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={Boolean(problem)}
      value={draft === null ? "" : optionKey(draft)}
      onChange={(event) =>
        onDraft(options.find((option) => optionKey(option.value) === event.target.value)?.value ?? null)
      }
    >
      <option value="">{t(options.length === 0 ? "no_options" : "choose")}</option>
      {options.map((option) => (
        <option key={optionKey(option.value)} value={optionKey(option.value)}>
          {optionName(option, language)}
        </option>
      ))}
    </select>
  );
}

function RadioField({ spec, id, label, draft, onDraft, disabled, describedBy }: InnerProps) {
  const { language } = useLocale();
  const t = useFieldTexts();
  const options = spec.options ?? [];
  return (
    <div className={css.radios} role="radiogroup" aria-label={label} aria-describedby={describedBy}>
      {options.length === 0 ? <span className={css.hint}>{t("no_options")}</span> : null}
      {options.map((option, index) => (
        <label key={optionKey(option.value)} className={css.radio}>
          <input
            id={index === 0 ? id : undefined}
            type="radio"
            name={id}
            disabled={disabled}
            checked={optionKey(draft) === optionKey(option.value)}
            onChange={() => onDraft(option.value)}
          />
          <span>{optionName(option, language)}</span>
        </label>
      ))}
    </div>
  );
}

function CheckField({ spec, id, label, draft, onDraft, disabled, describedBy, problem }: InnerProps) {
  const t = useFieldTexts();
  return (
    <label className={css.radio}>
      <input
        id={id}
        type="checkbox"
        disabled={disabled}
        checked={draft === true}
        aria-describedby={describedBy}
        aria-invalid={Boolean(problem)}
        onChange={(event) => onDraft(event.target.checked)}
      />
      <span>{label}</span>
      {spec.required ? <span className={css.required}>{t("required")}</span> : null}
    </label>
  );
}

const STARS = [1, 2, 3, 4, 5];

function RatingField({ id, label, draft, onDraft, disabled, describedBy }: InnerProps) {
  const t = useFieldTexts();
  return (
    <div className={css.rating} role="radiogroup" aria-label={label} aria-describedby={describedBy}>
      {STARS.map((star) => (
        <label key={star} className={css.star} data-on={typeof draft === "number" && star <= draft}>
          <input
            id={star === 1 ? id : undefined}
            type="radio"
            name={id}
            className="visually-hidden"
            disabled={disabled}
            checked={draft === star}
            aria-label={t("stars", { n: String(star), max: String(STARS.length) })}
            onChange={() => onDraft(star)}
          />
          <span aria-hidden="true">{star}</span>
        </label>
      ))}
    </div>
  );
}
