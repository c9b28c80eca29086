import { ToneField } from "@forms/fields/ToneField";
import { Icon } from "@sdk";
import { areaTexts } from "@sdk/i18n/area";
import { useId } from "react";
import type { SignalRole } from "../generated/documents.gen";
import css from "./plant.module.css";
import { rowsOfRole, type ValueRow, withRows } from "./value_rows";

const en = {
  add: "Add a value",
  chinese: "Chinese",
  color: "Colour",
  english: "English",
  remove: "Remove value {value}",
  title: "Value texts",
  value: "Value",
} as const;
const zhCn: Record<keyof typeof en, string> = {
  add: "添加值",
  chinese: "中文",
  color: "颜色",
  english: "英文",
  remove: "删除值 {value}",
  title: "值的文字",
  value: "值",
};
const { useTexts } = areaTexts<keyof typeof en>(en, zhCn);

/** The words and colours of a role's values: 0 is "Stopped", and so on. */
export function ValueTexts({ role, onChange }: { role: SignalRole; onChange: (role: SignalRole) => void }) {
  const t = useTexts();
  const id = useId();
  const rows = rowsOfRole(role);
  const put = (next: ValueRow[]) => onChange(withRows(role, next));
  const set = (index: number, change: Partial<ValueRow>) =>
    put(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  const next = String(rows.reduce((most, row) => Math.max(most, Number(row.value) || 0), -1) + 1);
  return (
    <div className={css.values}>
      <h3 className={css.subhead}>{t("title")}</h3>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the value changes while it is typed.
        <div key={index} className={css.valueRow}>
          <input
            className={css.input}
            aria-label={t("value")}
            placeholder={t("value")}
            value={row.value}
            onChange={(event) =>
              !rows.some((other, at) => at !== index && other.value === event.target.value) &&
              set(index, { value: event.target.value })
            }
          />
          <input
            className={css.input}
            aria-label={t("english")}
            placeholder={t("english")}
            value={row.en}
            onChange={(event) => set(index, { en: event.target.value })}
          />
          <input
            className={css.input}
            aria-label={t("chinese")}
            placeholder={t("chinese")}
            lang="zh-CN"
            value={row.zh}
            onChange={(event) => set(index, { zh: event.target.value })}
          />
          <button
            type="button"
            className={css.small}
            aria-label={t("remove", { value: row.value })}
            onClick={() => put(rows.filter((_, at) => at !== index))}
          >
            <Icon name="trash" size={16} />
          </button>
          <ToneField
            id={`${id}${index}`}
            label={t("color")}
            schema={{}}
            value={row.tone || undefined}
            onChange={(tone) => set(index, { tone: String(tone) })}
          />
        </div>
      ))}
      <button
        type="button"
        className={css.add}
        onClick={() => put([...rows, { value: next, en: t("value"), zh: "", tone: "" }])}
      >
        <Icon name="plus" size={14} />
        {t("add")}
      </button>
    </div>
  );
}
