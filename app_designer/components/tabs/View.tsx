import {
  type ComponentProps,
  Icon,
  isIcon,
  type LocalText,
  localText,
  Notice,
  useKept,
  useLocale,
} from "@sdk";
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import css from "./View.module.css";

export interface Tab {
  label: LocalText;
  icon?: string;
}

export interface TabsProps {
  title?: LocalText;
  tabs?: Tab[];
}

/** Where a key leads from the tab `at` of `count`; null when it is not ours. */
export function tabAfter(key: string, at: number, count: number): number | null {
  if (key === "ArrowRight") return (at + 1) % count;
  if (key === "ArrowLeft") return (at - 1 + count) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

export default function TabsView(given: ComponentProps<TabsProps>) {
  const { props, slot, emit, output, expose, text, id } = given;
  const { language } = useLocale();
  const tabs = props.tabs ?? [];
  const [kept, setKept] = useKept(id, 0);
  const open = Math.min(Math.max(0, kept), Math.max(0, tabs.length - 1));
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const choose = useRef<(index: number) => void>(() => {});
  choose.current = (index) => {
    if (!Number.isInteger(index) || index < 0 || index >= tabs.length || index === open) return;
    setKept(index);
    emit("change", { tab: index });
  };
  useEffect(() => output("tab", open), [output, open]);
  useEffect(() => expose({ open: ({ tab }) => choose.current(Number(tab)) }), [expose]);
  if (tabs.length === 0) return <Notice icon="table" title={text("empty")} hint={text("empty_hint")} />;
  const onKey = (event: KeyboardEvent) => {
    const next = tabAfter(event.key, open, tabs.length);
    if (next === null) return;
    event.preventDefault();
    choose.current(next);
    list.current?.querySelectorAll<HTMLButtonElement>("[role=tab]")[next]?.focus();
  };
  return (
    <section className={css.tabs} aria-label={localText(props.title, language) || text("tabs")}>
      <div ref={list} className={css.list} role="tablist" onKeyDown={onKey}>
        {tabs.map((tab, index) => {
          const name = localText(tab.label, language) || text("tab", { n: String(index + 1) });
          return (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: the number is the identity: slot `tab_<n>`.
              key={index}
              type="button"
              role="tab"
              id={`${base}-tab${index}`}
              className={css.tab}
              aria-selected={index === open}
              aria-controls={`${base}-panel`}
              tabIndex={index === open ? 0 : -1}
              title={name}
              onClick={() => choose.current(index)}
            >
              {isIcon(tab.icon) ? <Icon name={tab.icon} size={16} /> : null}
              <span className="truncate">{name}</span>
            </button>
          );
        })}
      </div>
      <div
        id={`${base}-panel`}
        className={css.panel}
        role="tabpanel"
        aria-labelledby={`${base}-tab${open}`}
        data-state={`tab_${open}`}
      >
        {slot(`tab_${open}`)}
      </div>
    </section>
  );
}
