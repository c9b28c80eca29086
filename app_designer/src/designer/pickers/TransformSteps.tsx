import { ScalarField } from "@forms/fields/ChoiceFields";
import { NumberField } from "@forms/fields/NumberField";
import { Icon } from "@sdk";
import { useId } from "react";
import type { Transform } from "../../generated/documents.gen";
import css from "./pickers.module.css";
import { usePickerTexts } from "./texts";

type Op = Transform["op"];
const OPS: readonly Op[] = ["scale", "round", "clamp", "map", "format"];
const START: Record<Op, Transform> = {
  scale: { op: "scale", factor: 1, offset: 0 },
  round: { op: "round", decimals: 0 },
  clamp: { op: "clamp", min: 0, max: 100 },
  map: { op: "map", table: { "0": "" } },
  format: { op: "format", decimals: 1 },
};
const STEPS_MAX = 16;

interface StepsProps {
  steps: readonly Transform[];
  onChange: (steps: Transform[], typing: boolean) => void;
}

/** Small steps between the source and the element, in their order. */
export function TransformSteps({ steps, onChange }: StepsProps) {
  const t = usePickerTexts();
  return (
    <div className={css.labelled}>
      <span>{t("steps")}</span>
      {steps.map((step, index) => (
        <Step
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place.
          key={index}
          step={step}
          onChange={(next, typing) =>
            onChange(
              steps.map((old, at) => (at === index ? next : old)),
              typing,
            )
          }
          onRemove={() =>
            onChange(
              steps.filter((_, at) => at !== index),
              false,
            )
          }
        />
      ))}
      {steps.length < STEPS_MAX ? (
        <select
          className={css.input}
          aria-label={t("add_step")}
          value=""
          onChange={(event) => onChange([...steps, START[event.target.value as Op]], false)}
        >
          <option value="">{`+ ${t("add_step")}`}</option>
          {OPS.map((op) => (
            <option key={op} value={op}>
              {t(`step.${op}`)}
            </option>
          ))}
        </select>
      ) : null}
    </div>
  );
}

interface StepProps {
  step: Transform;
  onChange: (step: Transform, typing: boolean) => void;
  onRemove: () => void;
}

function Step({ step, onChange, onRemove }: StepProps) {
  const t = usePickerTexts();
  const name = t(`step.${step.op}`);
  return (
    <div className={css.step}>
      <div className={css.stepHead}>
        {name}
        <button
          type="button"
          className={css.small}
          aria-label={t("step_remove", { name })}
          title={t("step_remove", { name })}
          onClick={onRemove}
        >
          <Icon name="trash" size={14} />
        </button>
      </div>
      {step.op === "map" ? (
        <MapTable step={step} onChange={onChange} />
      ) : (
        <Numbers step={step} onChange={onChange} />
      )}
    </div>
  );
}

type NumberKey = "factor" | "offset" | "min" | "max" | "decimals";
const KEYS: Record<Exclude<Op, "map">, readonly NumberKey[]> = {
  scale: ["factor", "offset"],
  clamp: ["min", "max"],
  round: ["decimals"],
  format: ["decimals"],
};

function Numbers({ step, onChange }: Omit<StepProps, "onRemove">) {
  const t = usePickerTexts();
  const id = useId();
  if (step.op === "map") return null;
  const { op } = step;
  const labels = {
    factor: t("step.scale.factor"),
    offset: t("step.scale.offset"),
    min: t("step.clamp.min"),
    max: t("step.clamp.max"),
    decimals: t("step.round.decimals"),
  };
  return (
    <div className={css.line}>
      {KEYS[op].map((key) => (
        <label key={key} className={css.labelled} htmlFor={`${id}${key}`}>
          {labels[key]}
          <NumberField
            id={`${id}${key}`}
            label={labels[key]}
            schema={key === "decimals" ? { type: "integer", minimum: 0, maximum: 10 } : { type: "number" }}
            value={step[key] ?? undefined}
            onChange={(value) => {
              const number = typeof value === "number" ? value : null;
              if (key !== "decimals") onChange({ ...step, [key]: number }, true);
              else if (number === null || (Number.isInteger(number) && number >= 0 && number <= 10))
                onChange({ ...step, decimals: number }, true);
            }}
          />
        </label>
      ))}
    </div>
  );
}

/** Pairs of a value and what stands for it. */
function MapTable({ step, onChange }: Omit<StepProps, "onRemove">) {
  const t = usePickerTexts();
  const id = useId();
  const pairs = Object.entries(step.table ?? {});
  const put = (next: [string, unknown][], typing: boolean) =>
    onChange({ ...step, table: Object.fromEntries(next) }, typing);
  return (
    <>
      {pairs.map(([from, to], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the key of a pair changes while it is typed.
        <div key={index} className={css.line}>
          <label className={css.labelled}>
            {t("step.map.from")}
            <input
              className={css.input}
              value={from}
              onChange={(event) => {
                const name = event.target.value;
                if (!pairs.some(([other], at) => at !== index && other === name))
                  put(
                    pairs.map((pair, at) => (at === index ? [name, to] : pair)),
                    true,
                  );
              }}
            />
          </label>
          <div className={css.labelled}>
            {t("step.map.to")}
            <ScalarField
              id={`${id}${index}`}
              label={t("step.map.to")}
              depth={1}
              schema={{}}
              value={to}
              onChange={(value) =>
                put(
                  pairs.map((pair, at) => (at === index ? [from, value ?? null] : pair)),
                  true,
                )
              }
            />
          </div>
          <button
            type="button"
            className={css.small}
            aria-label={t("step_remove", { name: from })}
            onClick={() =>
              put(
                pairs.filter((_, at) => at !== index),
                false,
              )
            }
          >
            <Icon name="trash" size={14} />
          </button>
        </div>
      ))}
      <button
        type="button"
        className={css.action}
        onClick={() => put([...pairs, [nextKey(pairs), ""]], false)}
      >
        <Icon name="plus" size={14} />
        {t("step.map.add")}
      </button>
    </>
  );
}

/** The next whole number that is no key yet: value codes usually count up. */
export function nextKey(pairs: readonly [string, unknown][]): string {
  const numbers = pairs.map(([key]) => Number(key)).filter(Number.isInteger);
  return String(numbers.length === 0 ? 0 : Math.max(...numbers) + 1);
}
