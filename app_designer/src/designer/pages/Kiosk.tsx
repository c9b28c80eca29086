import { Icon, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import type { KioskStop } from "../../generated/documents.gen";
import { useDesigner, useDesignerStore } from "../model/hooks";
import css from "./pages.module.css";
import { useTexts } from "./texts";

const SECONDS_MIN = 5;
const SECONDS_MAX = 3600;

/** Which pages a wall screen shows one after the other, and for how long. */
export function Kiosk() {
  const text = useTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const stops = useDesigner((state) => state.draft.app.kiosk ?? []);
  const pages = useDesigner((state) => state.draft.pages);
  const left = Object.values(pages).filter(({ id }) => !stops.some((stop) => stop.page === id));
  const nameOf = (id: string) => localText(pages[id]?.title, language) || id;
  const set = (value: readonly KioskStop[]) =>
    store.change(text("step_kiosk"), [{ path: ["app", "kiosk"], value: value.length ? value : undefined }], {
      coalesce: "kiosk",
    });
  const setSeconds = (page: string, seconds: number) => {
    const kept = Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, Math.round(seconds)));
    set(stops.map((stop) => (stop.page === page ? { ...stop, seconds: kept } : stop)));
  };
  return (
    <details className={css.kiosk}>
      <summary>{text("kiosk")}</summary>
      <p className={css.hint}>{text("kiosk_hint")}</p>
      <ul className={css.list}>
        {stops.map((stop) => (
          <li key={stop.page} className={css.stop}>
            <span className="truncate" title={nameOf(stop.page)}>
              {nameOf(stop.page)}
            </span>
            <input
              type="number"
              min={SECONDS_MIN}
              max={SECONDS_MAX}
              defaultValue={stop.seconds ?? 30}
              aria-label={text("kiosk_seconds", { name: nameOf(stop.page) })}
              onBlur={(event) => setSeconds(stop.page, Number(event.target.value) || SECONDS_MIN)}
            />
            <span aria-hidden="true">s</span>
            <button
              type="button"
              className={css.tool}
              aria-label={text("kiosk_remove", { name: nameOf(stop.page) })}
              onClick={() => set(stops.filter(({ page }) => page !== stop.page))}
            >
              <Icon name="trash" size={16} />
            </button>
          </li>
        ))}
      </ul>
      {left.length > 0 ? (
        <label className={css.field}>
          {text("kiosk_add")}
          <select
            value=""
            onChange={(event) =>
              event.target.value && set([...stops, { page: event.target.value, seconds: 30, params: {} }])
            }
          >
            <option value="">…</option>
            {left.map(({ id }) => (
              <option key={id} value={id}>
                {nameOf(id)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </details>
  );
}
