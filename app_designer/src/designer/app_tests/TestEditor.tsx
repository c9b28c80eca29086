import { Button, Icon } from "@sdk";
import type { AppTestDocument, Expectation, GivenValue } from "../../generated/documents.gen";
import { useDesigner, useDesignerStore } from "../model/hooks";
import css from "./tests.module.css";
import { useTexts } from "./texts";

type Scalar = GivenValue["v"];

/** What was typed as the value it means: a number, a truth, nothing, or text. */
export function typedValue(text: string): Scalar {
  const plain = text.trim();
  if (plain === "") return null;
  if (plain === "true" || plain === "false") return plain === "true";
  const number = Number(plain);
  return Number.isFinite(number) && !/^0\d/.test(plain) ? number : text;
}

interface EditorProps {
  test: AppTestDocument;
  close: () => void;
}

/** Name, values and expectations of one test. */
export function TestEditor({ test, close }: EditorProps) {
  const text = useTexts();
  const store = useDesignerStore();
  const set = (change: Partial<AppTestDocument>, field: string) => {
    const value = { ...test, ...change };
    store.change(text("step_change"), [{ path: ["tests", test.id], value }], {
      coalesce: `test/${test.id}/${field}`,
    });
  };
  const remove = () => {
    close();
    store.change(text("step_remove", { name: test.name }), [{ path: ["tests", test.id], value: undefined }]);
  };
  const given = test.given ?? [];
  return (
    <div className={css.editor}>
      <label>
        {text("name")}
        <input
          value={test.name}
          maxLength={120}
          onChange={(event) => event.target.value && set({ name: event.target.value }, "name")}
        />
      </label>
      <Rows
        legend={text("given")}
        rows={given.map((row) => ({ label: `${row.asset} · ${row.role}`, v: row.v ?? null }))}
        setValue={(n, v) =>
          set({ given: given.map((row, i) => (i === n ? { ...row, v } : row)) }, `given/${n}`)
        }
        drop={(n) => set({ given: given.filter((_, i) => i !== n) }, "given")}
        dropMin={0}
      />
      <Expectations test={test} set={(expect, field) => set({ expect }, field)} />
      <Button look="quiet" onClick={remove}>
        <Icon name="trash" size={16} />
        {text("remove")}
      </Button>
    </div>
  );
}

interface ExpectationsProps {
  test: AppTestDocument;
  set: (expect: Expectation[], field: string) => void;
}

function Expectations({ test, set }: ExpectationsProps) {
  const text = useTexts();
  const elements = useDesigner((state) => state.draft.pages[test.page]?.elements ?? {});
  const labelOf = ({ kind, element, name }: Expectation) => {
    // Inside a block the path begins with the instance: that is what people see on the page.
    const found = elements[element?.split("/")[0] ?? ""];
    const word = kind === "visible" || kind === "text" || kind === "level" ? text(kind) : "";
    const part = [word, name].filter(Boolean).join(" ") || kind;
    return found ? text("element", { name: found.name || found.type, part }) : part;
  };
  return (
    <Rows
      legend={text("expect")}
      rows={test.expect.map((row) => ({ label: labelOf(row), v: row.v ?? null }))}
      setValue={(n, v) =>
        set(
          test.expect.map((row, i) => (i === n ? { ...row, v } : row)),
          `expect/${n}`,
        )
      }
      drop={(n) =>
        set(
          test.expect.filter((_, i) => i !== n),
          "expect",
        )
      }
      dropMin={1}
    />
  );
}

interface RowsProps {
  legend: string;
  rows: readonly { label: string; v: Scalar }[];
  setValue: (n: number, value: Scalar) => void;
  drop: (n: number) => void;
  dropMin: number;
}

function Rows({ legend, rows, setValue, drop, dropMin }: RowsProps) {
  const text = useTexts();
  return (
    <fieldset className={css.rows}>
      <legend>{legend}</legend>
      {rows.map(({ label, v }, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place alone.
        <div key={n} className={css.line}>
          <span className="truncate" title={label}>
            {label}
          </span>
          <input
            key={String(v)}
            aria-label={`${label}: ${text("value")}`}
            defaultValue={v === null ? "" : String(v)}
            onBlur={(event) => setValue(n, typedValue(event.target.value))}
          />
          <button
            type="button"
            disabled={rows.length <= dropMin}
            aria-label={`${label}: ${text("drop")}`}
            title={text("drop")}
            onClick={() => drop(n)}
          >
            <Icon name="trash" size={14} />
          </button>
        </div>
      ))}
    </fieldset>
  );
}
