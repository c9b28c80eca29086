import { useEffect, useState } from "react";
import { useTexts } from "../i18n/texts";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { type Present, reportPresence } from "../sync/draft_files";
import css from "./bar_menu.module.css";

const REPORT_MS = 8000;

/** The others who have this app open in the designer, and where they are. */
export function Presence() {
  const text = useTexts();
  const others = usePresent();
  const pages = useDesigner((state) => state.draft.pages);
  if (others.length === 0) return null;
  return (
    <ul className={css.people} aria-label={text("people.title")}>
      {others.slice(0, 4).map((other) => {
        const page = pages[other.page];
        const where = page ? Object.values(page.title)[0] : "";
        const label = where ? text("people.where", { name: other.name, page: where }) : other.name;
        return (
          <li key={other.client} title={label} aria-label={label}>
            {[...other.name][0]?.toUpperCase() ?? "?"}
          </li>
        );
      })}
    </ul>
  );
}

function usePresent(): readonly Present[] {
  const store = useDesignerStore();
  const [others, setOthers] = useState<readonly Present[]>([]);
  useEffect(() => {
    const client = crypto.getRandomValues(new Uint32Array(2)).join("-");
    let timer: ReturnType<typeof setTimeout>;
    let gone = false;
    const report = async () => {
      const { appId, canvas, selection } = store.getState();
      // Who is here is a courtesy: without an answer nobody is shown, and saving says what is wrong.
      const found = await reportPresence(appId, {
        client,
        page: canvas,
        element: selection[0] ?? null,
      }).catch(() => []);
      if (gone) return;
      setOthers(found);
      timer = setTimeout(() => void report(), REPORT_MS);
    };
    void report();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [store]);
  return others;
}
