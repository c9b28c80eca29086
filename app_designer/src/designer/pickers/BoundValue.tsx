import { ScalarField } from "@forms/fields/ChoiceFields";
import type { Bound } from "@runtime/binding";
import { Icon } from "@sdk";
import { useEffect, useRef, useState } from "react";
import { ExpressionEditor } from "../expr_editor/ExpressionEditor";
import { BindingPicker } from "./BindingPicker";
import { useDescribe } from "./describe";
import { useBoundSignal } from "./design_scope";
import css from "./pickers.module.css";
import { Reading } from "./Reading";
import { TransformSteps } from "./TransformSteps";
import { usePickerTexts } from "./texts";
import type { Wanted } from "./wanted";

interface BoundProps {
  label: string;
  wanted: Wanted;
  bound: Bound | null;
  /** null takes the binding away. `typing`: one of many changes in a row. */
  onChange: (bound: Bound | null, typing: boolean) => void;
  element?: string;
  many?: boolean;
  required?: boolean;
  disabled?: boolean;
  /** Opens the picker at once, as the bind toggle does. */
  startOpen?: boolean;
  onStarted?: () => void;
}

/** What something is bound to: its source with the live value, and on demand its steps. */
export function BoundValue(props: BoundProps) {
  const { label, wanted, bound, onChange, element = "", many = false } = props;
  const t = usePickerTexts();
  const anchor = useRef<HTMLDivElement>(null);
  const [typing, setTyping] = useState(false);
  const [picking, setPicking] = useState(props.startOpen ?? false);
  const [open, setOpen] = useState(bound?.source === "expression" && bound.text === "");
  const choose = (next: Bound) => {
    onChange(next, false);
    if (next.source !== "expression") return;
    setOpen(true);
    setTyping(true);
  };
  useEffect(() => {
    // After the picker has given the focus back: who begins a formula goes on in its box.
    if (!typing || picking) return;
    setTyping(false);
    anchor.current?.querySelector<HTMLElement>("[data-formula]")?.focus();
  }, [typing, picking]);
  const close = () => {
    setPicking(false);
    props.onStarted?.();
  };
  return (
    <div ref={anchor} className={bound ? css.bound : undefined}>
      {bound ? (
        <BoundHead {...props} bound={bound} open={open} setOpen={setOpen} pick={() => setPicking(true)} />
      ) : (
        <button
          type="button"
          className={css.empty}
          data-required={props.required}
          disabled={props.disabled}
          aria-label={`${t("choose")}: ${label}`}
          onClick={() => setPicking(true)}
        >
          <Icon name="link" size={16} />
          {t("choose")}
        </button>
      )}
      {bound && open ? (
        <div className={css.inner}>
          <BindingDetails label={label} wanted={wanted} bound={bound} element={element} onChange={onChange} />
        </div>
      ) : null}
      {picking ? (
        <BindingPicker
          anchor={anchor.current}
          wanted={wanted}
          current={bound}
          element={element}
          many={many}
          onChoose={choose}
          onClose={close}
        />
      ) : null}
    </div>
  );
}

interface HeadProps extends BoundProps {
  bound: Bound;
  open: boolean;
  setOpen: (open: boolean) => void;
  pick: () => void;
}

function BoundHead({ label, bound, element = "", disabled, open, setOpen, pick, onChange }: HeadProps) {
  const t = usePickerTexts();
  const describe = useDescribe();
  const signal = useBoundSignal(bound, element);
  const { title, source, icon } = describe(bound);
  return (
    <div className={css.boundHead}>
      <button type="button" className={css.boundMain} disabled={disabled} title={title} onClick={pick}>
        <span className="visually-hidden">{t("change", { name: label })}</span>
        <span className={css.rowIcon}>
          <Icon name={icon} size={16} />
        </span>
        <span className={css.names}>
          <span className="truncate">{title}</span>
          <span className={`${css.hint} truncate`}>{source}</span>
        </span>
        {signal ? <Reading signal={signal} /> : null}
      </button>
      <button
        type="button"
        className={css.small}
        aria-expanded={open}
        aria-label={t("details", { name: label })}
        title={t("details", { name: label })}
        onClick={() => setOpen(!open)}
      >
        <span className={css.twist} data-open={open}>
          <Icon name="chevron" size={14} />
        </span>
      </button>
      <button
        type="button"
        className={css.small}
        disabled={disabled}
        aria-label={t("detach", { name: label })}
        title={t("detach", { name: label })}
        onClick={() => onChange(null, false)}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}

interface DetailsProps {
  label: string;
  wanted: Wanted;
  bound: Bound;
  element: string;
  onChange: (bound: Bound, typing: boolean) => void;
}

function BindingDetails(props: DetailsProps) {
  const { label, bound, onChange, wanted } = props;
  const steps = bound.transforms ?? [];
  return (
    <>
      {bound.source === "tag" || bound.source === "history" ? (
        <TimeChoice wanted={wanted} bound={bound} onChange={onChange} />
      ) : null}
      {bound.source === "static" ? (
        <ScalarField
          id={`constant-${label}`}
          label={label}
          depth={1}
          schema={{}}
          value={bound.value}
          onChange={(value, typing) =>
            onChange(
              { ...bound, value: (value ?? null) as string | number | boolean | null },
              typing ?? false,
            )
          }
        />
      ) : null}
      {bound.source === "expression" ? (
        <ExpressionEditor
          label={label}
          value={bound}
          element={props.element}
          onChange={({ text, vars }, typing) => onChange({ ...bound, text, vars: vars ?? {} }, typing)}
          unit={bound.unit ?? ""}
        />
      ) : null}
      <TransformSteps steps={steps} onChange={(next, typing) => onChange(withSteps(bound, next), typing)} />
    </>
  );
}

function withSteps(bound: Bound, steps: NonNullable<Bound["transforms"]>): Bound {
  if (steps.length > 0) return { ...bound, transforms: steps };
  const { transforms: _, ...rest } = bound;
  return rest as Bound;
}

const FNS = ["last", "first", "min", "max", "mean", "sum", "delta", "count"] as const;
const RANGES = ["10m", "1h", "8h", "shift", "day", "7d", "30d"] as const;
type TagLike = Extract<Bound, { source: "tag" | "history" }>;

/** The value now, one number over a time, or the course: what the place takes of these. */
function TimeChoice({
  wanted,
  bound,
  onChange,
}: {
  wanted: Wanted;
  bound: TagLike;
  onChange: DetailsProps["onChange"];
}) {
  const t = usePickerTexts();
  if (!wanted.from.includes("history")) return null;
  const series = wanted.shape === "series";
  const { source, asset, role, transforms } = bound;
  const rest = { asset, role, ...(transforms ? { transforms } : {}) };
  const chosen = source === "tag" ? "now" : (bound.fn ?? "course");
  const set = (fn: string) => {
    if (fn === "now") return onChange({ source: "tag", ...rest }, false);
    const range = source === "history" ? (bound.range ?? null) : null;
    onChange(
      { source: "history", ...rest, fn: fn === "course" ? null : (fn as (typeof FNS)[number]), range },
      false,
    );
  };
  const options = [
    ...(wanted.from.includes("tag") ? (["now"] as const) : []),
    ...(series ? (["course"] as const) : FNS),
  ];
  return (
    <div className={css.line}>
      <label className={css.labelled}>
        {t("fn")}
        <select className={css.input} value={chosen} onChange={(event) => set(event.target.value)}>
          {(options as readonly ("now" | "course" | (typeof FNS)[number])[]).map((fn) => (
            <option key={fn} value={fn}>
              {t(`fn.${fn}`)}
            </option>
          ))}
        </select>
      </label>
      {source === "history" ? (
        <label className={css.labelled}>
          {t("range")}
          <select
            className={css.input}
            value={bound.range ?? "page"}
            onChange={(event) =>
              onChange(
                {
                  ...bound,
                  range:
                    event.target.value === "page" ? null : (event.target.value as (typeof RANGES)[number]),
                },
                false,
              )
            }
          >
            {(["page", ...RANGES] as const).map((range) => (
              <option key={range} value={range}>
                {t(`range.${range}`)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </div>
  );
}
