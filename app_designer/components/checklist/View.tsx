import {
  Button,
  type ComponentProps,
  type LocalText,
  localText,
  Tile,
  useFieldTexts,
  useKept,
  useLocale,
} from "@sdk";
import { useEffect } from "react";
import css from "./View.module.css";

export interface ChecklistItem {
  id: string;
  label: LocalText;
}

export interface ChecklistProps {
  title?: LocalText;
  items?: ChecklistItem[];
  in_order?: boolean;
}

const NONE: readonly string[] = [];

export default function ChecklistView(given: ComponentProps<ChecklistProps>) {
  const { props, emit, output, expose, enabled, text, id } = given;
  const { language } = useLocale();
  const t = useFieldTexts();
  const items = props.items ?? [];
  const [kept, setKept] = useKept<readonly string[]>(id, NONE);
  const done = items.filter((item) => kept.includes(item.id));
  const total = items.length;
  useEffect(() => {
    output("done", done.length);
    output("total", total);
    output("complete", total > 0 && done.length === total);
  }, [output, done.length, total]);
  useEffect(() => expose({ reset: () => setKept(NONE) }), [expose, setKept]);
  const toggle = (item: ChecklistItem) => {
    if (!enabled) return;
    const ids = done.map((one) => one.id);
    const next = ids.includes(item.id) ? ids.filter((one) => one !== item.id) : [...ids, item.id];
    setKept(next);
    emit("check", { item: item.id, done: next.length });
    if (next.length === total && next.length > ids.length) emit("complete", { done: total });
  };
  const count = text("count", { done: String(done.length), total: String(total) });
  return (
    <Tile title={localText(props.title, language) || text("title")}>
      {total === 0 ? (
        <span className={css.empty} data-state="empty">
          {text("empty")}
        </span>
      ) : (
        <ul
          className={css.list}
          data-state={!enabled ? "disabled" : done.length === total ? "complete" : "open"}
        >
          {items.map((item, index) => {
            const isDone = kept.includes(item.id);
            const waits =
              props.in_order === true &&
              !isDone &&
              items.slice(0, index).some((one) => !kept.includes(one.id));
            return (
              <li key={item.id}>
                <label className={css.item} data-done={isDone} data-waits={waits}>
                  <input
                    type="checkbox"
                    checked={isDone}
                    disabled={!enabled || waits}
                    onChange={() => toggle(item)}
                  />
                  <span>{localText(item.label, language) || item.id}</span>
                </label>
              </li>
            );
          })}
        </ul>
      )}
      <span className={css.foot}>
        <progress className={css.bar} max={Math.max(1, total)} value={done.length} aria-label={count} />
        <span role="status">{enabled ? count : t("not_enabled")}</span>
        {done.length > 0 && enabled ? (
          <Button look="quiet" onClick={() => setKept(NONE)}>
            {text("reset")}
          </Button>
        ) : null}
      </span>
    </Tile>
  );
}
