import { localText, useLocale } from "@sdk";
import type { Expectation } from "../../generated/documents.gen";
import { useDesigner } from "../model/hooks";
import { LEVELS } from "./choices";
import css from "./tests.module.css";
import { useTexts } from "./texts";
import { type Scalar, typedValue } from "./typed";

interface ValueInputProps {
  /** What the value belongs to, for who cannot see it. */
  label: string;
  value: Scalar;
  onChange: (value: Scalar) => void;
  /** Text is kept as it is typed: “12.0 bar”, but also “12”. */
  literal?: boolean;
}

/** A value that is typed; taken over when one leaves it, or with Enter. */
export function ValueInput({ label, value, onChange, literal = false }: ValueInputProps) {
  const text = useTexts();
  return (
    <input
      // What was undone, or recorded anew, is shown.
      key={String(value)}
      className={css.value}
      aria-label={`${label}: ${text("value")}`}
      defaultValue={value === null ? "" : String(value)}
      onBlur={({ target }) => onChange(literal ? target.value : typedValue(target.value))}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

/** One of few values, each in words. */
function Few({
  label,
  value,
  options,
  onChange,
}: ValueInputProps & { options: readonly [Scalar, string][] }) {
  const text = useTexts();
  const at = options.findIndex(([one]) => one === value);
  return (
    <select
      className={css.value}
      aria-label={`${label}: ${text("value")}`}
      value={at}
      onChange={(event) => onChange(options[Number(event.target.value)]?.[0] ?? null)}
    >
      {at < 0 ? <option value={-1}>{value === null ? "" : String(value)}</option> : null}
      {options.map(([, word], n) => (
        <option key={word} value={n}>
          {word}
        </option>
      ))}
    </select>
  );
}

interface CellProps {
  label: string;
  /** `row/column`. */
  name: string;
  onChange: (name: string) => void;
}

/** Which cell of a table: its row and its column, each by number or by what stands there. */
export function CellPlace({ label, name, onChange }: CellProps) {
  const text = useTexts();
  const cut = name.lastIndexOf("/");
  const parts = { row: name.slice(0, cut), column: name.slice(cut + 1) };
  const field = (part: keyof typeof parts) => (
    <input
      key={`${part}/${parts[part]}`}
      className={css.value}
      aria-label={`${label}: ${text(`cell.${part}`)}`}
      title={text(`cell.${part}_hint`)}
      defaultValue={parts[part]}
      maxLength={38}
      onBlur={({ target }) => {
        const next = { ...parts, [part]: target.value.trim() || parts[part] };
        onChange(`${next.row}/${next.column}`);
      }}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
  return (
    <>
      {field("row")}
      {field("column")}
    </>
  );
}

interface ExpectedProps {
  label: string;
  row: Expectation;
  onChange: (value: Scalar) => void;
}

/** The value that is expected, in the form that fits what is looked at. */
export function ExpectedValue({ label, row, onChange }: ExpectedProps) {
  const text = useTexts();
  const { language } = useLocale();
  const pages = useDesigner((state) => state.draft.pages);
  const given = { label, value: row.v ?? null, onChange };
  switch (row.kind) {
    case "visible":
    case "enabled":
      return (
        <Few
          {...given}
          options={[
            [true, text("yes")],
            [false, text("no")],
          ]}
        />
      );
    case "level":
      return <Few {...given} options={LEVELS.map((level) => [level, text(`level.${level}`)] as const)} />;
    case "page":
      return (
        <Few
          {...given}
          options={Object.values(pages).map(
            ({ id, title }) => [id, localText(title, language) || id] as const,
          )}
        />
      );
    default:
      return <ValueInput {...given} literal={row.kind === "text" || row.kind === "cell"} />;
  }
}
