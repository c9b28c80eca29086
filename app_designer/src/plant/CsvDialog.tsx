import { Popover } from "@forms/Popover";
import { Button, useLocale } from "@sdk";
import type { RoleDifference, RowProblem } from "@sdk/api/plant";
import { chosenFiles } from "@sdk/ui/chosen_files";
import { useState } from "react";
import css from "./plant.module.css";
import type { PlantData } from "./plant_data";
import type { TabProps } from "./tab_props";
import { usePlantTexts } from "./texts";
import { useAction } from "./use_action";

/** The line of a CSV file a problem is about. */
export const lineOf = (problem: Pick<RowProblem, "path">): string =>
  /^\/lines\/(\d+)/.exec(problem.path)?.[1] ?? "";

/** Rows from a spreadsheet: first what would change, then, when nothing is wrong, the change. */
export function CsvDialog({ plant, plantApi, reload, tell, onClose }: TabProps & { onClose: () => void }) {
  const t = usePlantTexts();
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [found, setFound] = useState<RoleDifference | null>(null);
  const { busy, problem, run } = useAction();
  const read = (file: File | undefined) =>
    run(async () => {
      if (!file) return;
      const content = await file.text();
      setText(content);
      setName(file.name);
      setFound(await plantApi.importRoles(content, true));
    });
  const write = () =>
    run(async () => {
      const done = await plantApi.importRoles(text, false);
      setFound(done);
      if (!done.written) return;
      await reload();
      tell(t("csv.written"));
      onClose();
    });
  return (
    <Popover anchor={null} title={t("csv.import")} closeLabel={t("close")} onClose={onClose} width={560}>
      <div className={css.dialog}>
        <p className={css.hint}>{t("csv.hint")}</p>
        <label className={css.field}>
          {t("csv.file")}
          <input
            type="file"
            accept=".csv,text/csv"
            data-autofocus="true"
            disabled={busy}
            onChange={(event) => void read(chosenFiles(event.target)[0])}
          />
        </label>
        {problem ? (
          <p className={css.problem} role="alert">
            {problem}
          </p>
        ) : null}
        {found ? <Difference name={name} found={found} plant={plant} /> : null}
        <Button
          look="primary"
          disabled={
            busy || !found || found.errors.length > 0 || found.added.length + found.changed.length === 0
          }
          onClick={() => void write()}
        >
          {t("csv.write")}
        </Button>
      </div>
    </Popover>
  );
}

interface DifferenceProps {
  /** Of the file. */
  name: string;
  found: RoleDifference;
  plant: PlantData;
}

function Difference({ name, found, plant }: DifferenceProps) {
  const t = usePlantTexts();
  const { language } = useLocale();
  return (
    <div role="status">
      <p>
        <strong>{name}</strong>{" "}
        {[
          t("csv.added", { n: String(found.added.length) }),
          t("csv.changed", { n: String(found.changed.length) }),
          t("csv.same", { n: String(found.same) }),
        ].join(" · ")}
      </p>
      {found.errors.length > 0 ? (
        <p className={css.problem}>{t("csv.errors", { n: String(found.errors.length) })}</p>
      ) : null}
      <ul className={css.changes}>
        {found.errors.map((error) => (
          <li key={`${error.path}${error.code}`}>
            <strong>{t("csv.line", { n: lineOf(error) })}</strong>{" "}
            {error.message_i18n?.[language] ?? error.message} {error.hint_i18n?.[language] ?? error.hint}
          </li>
        ))}
        {[...found.added, ...found.changed].slice(0, 100).map((row) => (
          <li
            key={`${row.asset}/${row.role}/${row.valid_from}`}
          >{`${row.asset} · ${row.role} → ${plant.tags.get(row.tag_id)?.key ?? row.tag_id}`}</li>
        ))}
      </ul>
    </div>
  );
}
