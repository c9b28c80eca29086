import { useEffect, useState } from "react";
import { controlAttributes, type FieldProps } from "../field_props";
import css from "../forms.module.css";
import { useFormTexts } from "../texts";

/** The number a person means: a comma may stand for the point; null where it is none. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(/\s/g, "").replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

/** The text of a number: as short as it can be while the number stays the same. */
export const numberText = (value: unknown): string => (typeof value === "number" ? String(value) : "");

function stepOf(field: FieldProps): number {
  const { multipleOf, type } = field.schema;
  return multipleOf ?? (type === "integer" ? 1 : 1);
}

/** The value one step up or down, kept within its limits and free of rounding dust. */
export function stepped(value: number, step: number, field: Pick<FieldProps, "schema">): number {
  const { minimum, maximum } = field.schema;
  const moved = Number((value + step).toPrecision(12));
  return Math.min(maximum ?? Number.POSITIVE_INFINITY, Math.max(minimum ?? Number.NEGATIVE_INFINITY, moved));
}

/** A number with its unit; what is typed stays as it was typed until it is left. */
export function NumberField(field: FieldProps) {
  const t = useFormTexts();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? numberText(field.value);
  const wrong = typed !== null && typed.trim() !== "" && parseNumber(typed) === null;
  const { value } = field;
  // biome-ignore lint/correctness/useExhaustiveDependencies: undo or another person changed the value.
  useEffect(() => {
    if (typed !== null && parseNumber(typed) !== value && typed.trim() !== "") setTyped(null);
  }, [value]);
  const type = (text: string) => {
    setTyped(text);
    const number = parseNumber(text);
    if (text.trim() === "") field.onChange(undefined, true);
    else if (number !== null) field.onChange(number, true);
  };
  const move = (direction: number) => {
    const from = parseNumber(shown) ?? Number(field.schema.default ?? 0);
    setTyped(null);
    field.onChange(stepped(from, direction * stepOf(field), field), true);
  };
  return (
    <div className={css.number}>
      <input
        {...controlAttributes({ ...field, invalid: field.invalid || wrong })}
        className={css.input}
        inputMode="decimal"
        autoComplete="off"
        value={shown}
        placeholder={numberText(field.schema.default)}
        onChange={(event) => type(event.target.value)}
        onBlur={() => setTyped(null)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.preventDefault();
          move((event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1));
        }}
      />
      {field.unit ? <span className={css.unit}>{field.unit}</span> : null}
      {wrong ? (
        <span className={css.problem} role="alert">
          {t("number.not", { text: typed })}
        </span>
      ) : null}
    </div>
  );
}

/** A number between two limits, by sliding; the number itself stands beside. */
export function SliderField(field: FieldProps) {
  const { minimum = 0, maximum = 100, multipleOf, type } = field.schema;
  const value = Number(field.value ?? field.schema.default ?? minimum);
  const step = multipleOf ?? (type === "integer" ? 1 : (maximum - minimum) / 100);
  return (
    <div className={css.slider}>
      <input
        {...controlAttributes(field)}
        type="range"
        min={minimum}
        max={maximum}
        step={step}
        value={value}
        onChange={(event) => field.onChange(Number(event.target.value), true)}
      />
      <output htmlFor={field.id} className={css.reading}>
        {value}
        {field.unit ? ` ${field.unit}` : ""}
      </output>
    </div>
  );
}
