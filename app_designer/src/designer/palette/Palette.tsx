import { Button, Icon, Notice, Skeleton, useLocale } from "@sdk";
import { isIcon } from "@sdk/ui/Icon";
import { useEffect, useMemo, useRef, useState } from "react";
import { useDragSource } from "../canvas/drag";
import { editBlock } from "../canvas/edit_block";
import { insertElement, newElement, passedOver } from "../canvas/insert";
import { refusalText, sayRefused } from "../canvas/refusal";
import { Glyph } from "../frame/Glyph";
import { useWorkbench } from "../frame/workbench";
import { useTexts } from "../i18n/texts";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { CATEGORIES, componentEntry, compositeEntries, type Entry, search, useManifests } from "./entries";
import css from "./palette.module.css";
import { noteUse, recentTypes } from "./recent";

interface Section {
  key: string;
  title: string;
  entries: readonly Entry[];
}

function useSections(query: string): Section[] | null {
  const text = useTexts();
  const { language } = useLocale();
  const manifests = useManifests();
  const blocks = useDesigner((state) => state.draft.blocks);
  return useMemo(() => {
    if (!manifests) return null;
    const components = manifests.map((manifest) => componentEntry(manifest, language));
    const own = compositeEntries(blocks, language);
    const all = [...components, ...own].filter((entry) => entry.stage !== "deprecated" || query);
    if (query.trim()) {
      const found = search(all, query);
      return [
        { key: "found", title: text("palette.found", { count: String(found.length) }), entries: found },
      ];
    }
    const recent = recentTypes().flatMap((type) => all.find((entry) => entry.type === type) ?? []);
    const sections: Section[] = [
      { key: "recent", title: text("palette.recent"), entries: recent },
      ...CATEGORIES.map((category) => ({
        key: category,
        title: text(`cat.${category}`),
        entries: all.filter((entry) => entry.category === category),
      })),
    ];
    const shown = sections.filter((section) => section.entries.length > 0);
    return [...shown, { key: "mine", title: text("palette.mine"), entries: own }];
  }, [manifests, blocks, language, query, text]);
}

/** Every block there is: found by a word, dragged onto the page or put there by Enter. */
export default function Palette() {
  const text = useTexts();
  const [query, setQuery] = useState("");
  const sections = useSections(query);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) input.current?.focus({ preventScroll: true });
  }, []);
  const add = useAdd();
  const keys = (event: React.KeyboardEvent) => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>("[data-entry]") ?? [])];
    const here = items.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (here + step < 0) input.current?.focus();
      else items[Math.min(items.length - 1, here + step)]?.focus();
    } else if (event.key === "Enter" && event.target === input.current) {
      const first = sections?.[0]?.entries[0];
      if (first && query.trim()) void add(first);
    } else if (event.key === "Escape" && query) {
      event.preventDefault();
      setQuery("");
      input.current?.focus();
    }
  };
  const count = sections?.reduce((sum, section) => sum + section.entries.length, 0) ?? 0;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the search and the list below are handled together.
    <div className={css.palette} onKeyDown={keys}>
      <label className={css.search}>
        <Icon name="search" size={16} />
        <span className="visually-hidden">{text("palette.search")}</span>
        <input
          ref={input}
          type="search"
          placeholder={text("palette.search")}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </label>
      <div className={css.list} ref={list}>
        {sections === null ? <Skeleton width="100%" height="240px" /> : null}
        {sections && query.trim() && count === 0 ? (
          <Notice icon="question" title={text("palette.none", { query })} hint={text("palette.none_hint")} />
        ) : null}
        {sections?.map((section) => (
          <section key={section.key} aria-label={section.title}>
            <h3>{section.title}</h3>
            {section.key === "mine" && section.entries.length === 0 ? (
              <p>{text("palette.mine_hint")}</p>
            ) : null}
            <ul className={css.entries}>
              {section.entries.map((entry) => (
                <Tile key={entry.type} entry={entry} add={add} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

function useAdd() {
  const store = useDesignerStore();
  const text = useTexts();
  const { announce } = useWorkbench();
  return async (entry: Entry) => {
    const { composite, type, name } = entry;
    const payload = composite
      ? ({ kind: "composite", ...composite } as const)
      : ({ kind: "component", type } as const);
    const element = await newElement(store.getState(), payload);
    if (!element) return;
    const refusal = passedOver(store.getState(), element.type);
    insertElement(store, text("canvas.add", { name }), element, null);
    noteUse(type);
    announce(text("canvas.added", { name }));
    if (refusal) sayRefused(text("refused.beside", { why: refusalText(refusal), name }));
  };
}

function Tile({ entry, add }: { entry: Entry; add: (entry: Entry) => Promise<void> }) {
  const text = useTexts();
  const store = useDesignerStore();
  const { composite, type } = entry;
  const payload = useMemo(
    () =>
      composite ? ({ kind: "composite", ...composite } as const) : ({ kind: "component", type } as const),
    [composite, type],
  );
  const source = useDragSource(payload, entry.name);
  const hint = `${entry.name}. ${entry.summary} ${text("palette.add_hint")}`;
  return (
    <li>
      <button
        type="button"
        className={css.entry}
        data-entry={type}
        title={hint}
        aria-description={entry.summary}
        {...source}
        onClick={() => void add(entry)}
      >
        {composite ? (
          <Glyph name="block" size={20} />
        ) : (
          <Icon name={isIcon(entry.icon) ? entry.icon : "apps"} />
        )}
        <span>{entry.name}</span>
        {entry.stage === "deprecated" ? <small>{text("palette.deprecated")}</small> : null}
        {entry.stage === "preview" || entry.stage === "beta" ? (
          <small>{text("palette.preview")}</small>
        ) : null}
      </button>
      {composite ? (
        <Button
          look="quiet"
          square
          className={css.edit}
          aria-label={text("palette.edit", { name: entry.name })}
          title={text("palette.edit", { name: entry.name })}
          onClick={() => editBlock(store, composite.id, text("cmd.edit_block_step"))}
        >
          <Icon name="chevron" size={16} />
        </Button>
      ) : null}
    </li>
  );
}
