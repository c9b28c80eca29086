import { Button, Notice } from "@sdk";
import { chosenFiles } from "@sdk/ui/chosen_files";
import { useRef, useState } from "react";
import { useDesignerStore } from "../model/hooks";
import { type AppText, textChanges } from "./collect";
import { type CsvReading, readCsv } from "./csv";
import { useTexts } from "./texts";
import css from "./texts.module.css";

const FILE_MAX_BYTES = 4 << 20;

/** Reads a file, shows what it would change, and takes it when told so. */
export function CsvImport({ all }: { all: readonly AppText[] }) {
  const text = useTexts();
  const store = useDesignerStore();
  const input = useRef<HTMLInputElement>(null);
  const [reading, setReading] = useState<CsvReading | null>(null);
  const read = async (file: File | undefined) => {
    if (file) setReading(readCsv(await file.slice(0, FILE_MAX_BYTES).text(), all));
    if (input.current) input.current.value = "";
  };
  const apply = () => {
    if (reading) store.change(text("step_import"), textChanges(store.getState().draft, reading.changed));
    setReading(null);
  };
  const before = new Map(all.map((entry) => [entry.key, entry.texts]));
  return (
    <>
      <Button onClick={() => input.current?.click()}>{text("import")}</Button>
      <input
        ref={input}
        type="file"
        accept=".csv,text/csv"
        hidden
        onChange={(event) => void read(chosenFiles(event.target)[0])}
      />
      {reading ? (
        <section className={css.reading} aria-label={text("import_title")}>
          <h3>{text("import_title")}</h3>
          {reading.problems.length > 0 ? (
            <Notice icon="warn" title={text("import_problems")} tone="alarm">
              <ul>
                {reading.problems.map((problem) => {
                  const words = text(problem.text, problem.values);
                  return <li key={words}>{words}</li>;
                })}
              </ul>
            </Notice>
          ) : null}
          {reading.changed.size === 0 ? <p>{text("import_none")}</p> : null}
          <ul className={css.diff}>
            {[...reading.changed].map(([key, texts]) => (
              <li key={key} title={key}>
                {Object.values(texts).join(" · ")}
                <small>
                  {text("was")} {Object.values(before.get(key) ?? {}).join(" · ")}
                </small>
              </li>
            ))}
          </ul>
          <div className={css.tools}>
            <Button onClick={() => setReading(null)}>{text("cancel")}</Button>
            <Button look="primary" disabled={reading.changed.size === 0} onClick={apply}>
              {text("import_apply", { count: String(reading.changed.size) })}
            </Button>
          </div>
        </section>
      ) : null}
    </>
  );
}
