import { useLocale } from "@sdk";
import type { Change } from "@sdk/api/apps";
import { localText } from "@sdk/i18n/catalogue";
import { documentOf } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { useTexts } from "./texts";
import css from "./versions.module.css";

interface ChangesProps {
  changes: readonly Change[];
  /** Only the first so many; all if not given. */
  most?: number;
}

/** Changes by page, in words; what is on the canvas can be shown there. */
export function Changes({ changes, most = Number.POSITIVE_INFINITY }: ChangesProps) {
  const text = useTexts();
  const shown = changes.slice(0, most);
  const places = [...new Set(shown.map(placeKey))];
  return (
    <div className={css.changes}>
      {places.map((key) => (
        <section key={key}>
          <h4 className="truncate">
            <PlaceName place={key} />
          </h4>
          <ul>
            {shown
              .filter((change) => placeKey(change) === key)
              .map((change) => (
                <Row key={`${change.path}${change.op}${change.subject}`} change={change} place={key} />
              ))}
          </ul>
        </section>
      ))}
      {changes.length > shown.length ? (
        <p className={css.hint}>{text("changes_more", { count: String(changes.length - shown.length) })}</p>
      ) : null}
    </div>
  );
}

const placeKey = ({ page, block }: Change): string => page ?? (block ? `block:${block}` : "");

function PlaceName({ place }: { place: string }) {
  const text = useTexts();
  const { language } = useLocale();
  const document = useDesigner((state) => documentOf(state.draft, place));
  if (place === "") return text("app");
  if (!document) return place;
  return localText("title" in document ? document.title : document.name, language) || place;
}

function Row({ change, place }: { change: Change; place: string }) {
  const text = useTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const there = useDesigner(({ draft }) =>
    Boolean(change.element && documentOf(draft, place)?.elements?.[change.element]),
  );
  const go = () => {
    store.open(place);
    if (change.element) store.select([change.element]);
  };
  return (
    <li data-op={change.op}>
      <span className={css.op}>{text(`op_${change.op}`)}</span>
      <span className={css.words}>{localText(change.text, language)}</span>
      {there ? (
        <button type="button" className={css.link} onClick={go}>
          {text("go")}
        </button>
      ) : null}
    </li>
  );
}
