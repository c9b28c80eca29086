import { Icon } from "@sdk";
import type { FieldProps } from "../field_props";
import css from "../forms.module.css";
import listCss from "../list.module.css";
import { inlined } from "../schema";
import { useFormTexts } from "../texts";
import { NumberField } from "./NumberField";
import { TextField } from "./TextField";
import { ToneField } from "./ToneField";

interface Band {
  to: number;
  tone: string;
  label?: unknown;
}

/** Whether every limit is higher than the one before. */
export const rising = (bands: readonly Band[]): boolean =>
  bands.every((band, index) => index === 0 || band.to > (bands[index - 1]?.to ?? Number.NEGATIVE_INFINITY));

const STEP = 10;

/** Bands of a scale, from below: each goes up to its limit and has a meaning. */
export function BandsField(field: FieldProps) {
  const t = useFormTexts();
  const value = field.value ?? inlined(field.schema).default;
  const bands = (Array.isArray(value) ? value : []) as Band[];
  const full = bands.length >= (inlined(field.schema).maxItems ?? 20);
  const put = (next: Band[], typing = false) => field.onChange(next.length > 0 ? next : undefined, typing);
  const set = (index: number, change: Partial<Band>, typing = false) =>
    put(
      bands.map((band, at) => (at === index ? clean({ ...band, ...change }) : band)),
      typing,
    );
  return (
    <div className={css.list} id={field.id}>
      {bands.map((band, index) => {
        const place = t("entry", { n: String(index + 1) });
        const id = `${field.id}_${index}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: bands have no identity but their place.
          <fieldset key={index} className={listCss.band}>
            <legend className="visually-hidden">{`${field.label} ${place}`}</legend>
            <div className={listCss.entryHead}>
              <label className={listCss.bandTo} htmlFor={`${id}to`}>
                ≤
              </label>
              <NumberField
                {...field}
                depth={1}
                id={`${id}to`}
                label={`${field.label} ${place} ≤`}
                schema={{ type: "number" }}
                value={band.to}
                onChange={(to, typing) => typeof to === "number" && set(index, { to }, typing)}
              />
              <button
                type="button"
                className={css.small}
                disabled={field.disabled}
                aria-label={t("entry_remove", { name: place })}
                title={t("entry_remove", { name: place })}
                onClick={() => put(bands.filter((_, at) => at !== index))}
              >
                <Icon name="trash" size={14} />
              </button>
            </div>
            <ToneField
              {...field}
              depth={1}
              id={`${id}tone`}
              label={t("kind")}
              schema={{}}
              value={band.tone}
              onChange={(tone) => set(index, { tone: String(tone) })}
            />
            <TextField
              {...field}
              depth={1}
              id={`${id}label`}
              label={t("value.text")}
              schema={{ $ref: "interlock:types#/text" }}
              value={band.label}
              onChange={(label, typing) => set(index, { label }, typing)}
            />
          </fieldset>
        );
      })}
      {rising(bands) ? null : (
        <p className={css.problem} role="alert">
          {t("rising")}
        </p>
      )}
      <button
        type="button"
        className={css.add}
        disabled={full || field.disabled}
        aria-label={t("entry_add", { name: field.label })}
        onClick={() => put([...bands, { to: (bands.at(-1)?.to ?? 0) + STEP, tone: "neutral" }])}
      >
        <Icon name="plus" size={16} />
        {t("add")}
      </button>
    </div>
  );
}

function clean(band: Band): Band {
  if (band.label !== undefined) return band;
  const { label: _, ...rest } = band;
  return rest;
}
