import { Button, Notice, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useMemo, useState } from "react";
import { documentOf } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { ELEMENT_ID } from "../model/ids";
import { CsvImport } from "./CsvImport";
import { type AppText, changeThrough, collectTexts, withLanguage } from "./collect";
import { TEXT_MAX, toCsv } from "./csv";
import { useTexts } from "./texts";
import css from "./texts.module.css";

const LANGUAGES = ["en", "zh-CN"] as const;
/** Rows drawn at once; search narrows the rest. */
const SHOWN_MAX = 300;

const isMissing = (text: AppText) => LANGUAGES.some((language) => !text.texts[language]);

/** All texts of the app in all languages, what is missing first. */
export default function TextsPanel() {
  const text = useTexts();
  const draft = useDesigner((state) => state.draft);
  const all = useMemo(() => collectTexts(draft), [draft]);
  const [search, setSearch] = useState("");
  const [onlyMissing, setOnlyMissing] = useState(false);
  // The order is that of the moment the search began: a row does not run away while it is typed into.
  // biome-ignore lint/correctness/useExhaustiveDependencies: typing into a row must not sort the rows anew.
  const order = useMemo(() => {
    const words = search.trim().toLocaleLowerCase();
    const fits = ({ texts, key }: AppText) =>
      `${Object.values(texts).join(" ")} ${key}`.toLocaleLowerCase().includes(words);
    return all
      .filter((entry) => fits(entry) && (!onlyMissing || isMissing(entry)))
      .sort((a, b) => Number(isMissing(b)) - Number(isMissing(a)))
      .map(({ key }) => key);
  }, [search, onlyMissing, all.length]);
  const byKey = useMemo(() => new Map(all.map((entry) => [entry.key, entry])), [all]);
  if (all.length === 0) return <Notice icon="edit" title={text("empty")} />;
  const shown = order.slice(0, SHOWN_MAX).flatMap((key) => byKey.get(key) ?? []);
  return (
    <div className={css.panel}>
      <Summary all={all} />
      <div className={css.tools}>
        <input
          type="search"
          value={search}
          placeholder={text("search")}
          aria-label={text("search")}
          onChange={(event) => setSearch(event.target.value)}
        />
        <label className={css.check}>
          <input
            type="checkbox"
            checked={onlyMissing}
            onChange={(event) => setOnlyMissing(event.target.checked)}
          />
          {text("only_missing")}
        </label>
      </div>
      {shown.length === 0 ? <Notice icon="search" title={text("none")} /> : <Table shown={shown} />}
      <Files all={all} />
    </div>
  );
}

function Summary({ all }: { all: readonly AppText[] }) {
  const text = useTexts();
  const missing = LANGUAGES.map((language) => all.filter(({ texts }) => !texts[language]).length);
  const parts = LANGUAGES.flatMap((language, n) =>
    missing[n]
      ? [text("missing", { count: String(missing[n]), language: text(language === "en" ? "en" : "zh") })]
      : [],
  );
  return (
    <p className={css.summary} role="status">
      {text("count", { count: String(all.length) })} ·{" "}
      {parts.length > 0 ? parts.join(" · ") : text("complete")}
    </p>
  );
}

function Table({ shown }: { shown: readonly AppText[] }) {
  const text = useTexts();
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">{text("en")}</th>
          <th scope="col">{text("zh")}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((entry) => (
          <Row key={entry.key} entry={entry} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ entry }: { entry: AppText }) {
  const text = useTexts();
  const store = useDesignerStore();
  const place = usePlace(entry);
  const set = (language: string, value: string) => {
    const { draft } = store.getState();
    const change = changeThrough(draft, entry.path, withLanguage(entry.texts, language, value));
    store.change(text("step"), [change], { coalesce: `text/${entry.key}/${language}` });
  };
  return (
    <tr>
      {LANGUAGES.map((language) => (
        <td key={language} data-missing={!entry.texts[language]}>
          <textarea
            value={entry.texts[language] ?? ""}
            rows={1}
            maxLength={TEXT_MAX}
            lang={language}
            aria-label={`${place} · ${text(language === "en" ? "en" : "zh")}`}
            onChange={(event) => set(language, event.target.value)}
          />
          {language === "en" ? (
            <small className="truncate" title={entry.key}>
              {place}
            </small>
          ) : null}
        </td>
      ))}
    </tr>
  );
}

/** Where a text stands, in words: the page, then the member. */
function usePlace({ canvas, path }: AppText): string {
  const text = useTexts();
  const { language } = useLocale();
  const document = useDesigner(({ draft }) => (canvas ? documentOf(draft, canvas) : undefined));
  const name = document ? localText("title" in document ? document.title : document.name, language) : "";
  const words = path.filter((part) => !/^\d+$/.test(part) && part !== "label" && part !== "title");
  const last = words.length > 2 && !ELEMENT_ID.test(words.at(-1) ?? "") ? words.at(-1) : "";
  return [name || text("place_app"), last].filter(Boolean).join(" · ");
}

function Files({ all }: { all: readonly AppText[] }) {
  const text = useTexts();
  const appId = useDesigner((state) => state.appId);
  const save = () => {
    const url = URL.createObjectURL(new Blob([toCsv(all)], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${appId}-texts.csv`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <div className={css.files}>
      <Button onClick={save}>{text("export")}</Button>
      <CsvImport all={all} />
    </div>
  );
}
