import { Icon, localText, useLocale } from "@sdk";
import { isIcon } from "@sdk/ui/Icon";
import type { Element } from "../../generated/documents.gen";
import { elementsOf } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { compositeOf, elementName, useManifests } from "../pickers/manifests";
import { useSetMember } from "./edit";
import css from "./inspector.module.css";
import { useInspectorTexts } from "./texts";

/** What is selected: its block, its own name, whether it is locked, and what it stands in. */
export function Header({ id, element }: { id: string; element: Element }) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const manifests = useManifests();
  const draft = useDesigner((state) => state.draft);
  const set = useSetMember([id]);
  const manifest = manifests.get(element.type);
  const block = localText(compositeOf(draft, element)?.name ?? manifest?.meta.name, language) || element.type;
  const summary = localText(manifest?.meta.summary, language);
  const icon = manifest?.meta.icon;
  const locked = element.locked ?? false;
  return (
    <header className={css.header}>
      <div className={css.headerRow}>
        <span className={css.blockIcon}>
          <Icon name={isIcon(icon) ? icon : "apps"} />
        </span>
        <h2 className="truncate" title={summary}>
          {block}
        </h2>
        {manifest ? (
          <a
            className={css.iconLink}
            href={`/gallery#${manifest.id}`}
            target="_blank"
            rel="noreferrer"
            aria-label={t("docs")}
            title={t("docs")}
          >
            <Icon name="question" size={16} />
          </a>
        ) : null}
        <button
          type="button"
          className={css.small}
          aria-pressed={locked}
          aria-label={t(locked ? "unlock" : "lock")}
          title={t(locked ? "unlock" : "lock")}
          onClick={() =>
            set(t(locked ? "change.unlock" : "change.lock"), ["locked"], locked ? undefined : true)
          }
        >
          <Icon name="lock" size={16} />
        </button>
      </div>
      <label className={css.nameRow}>
        <span className="visually-hidden">{t("name")}</span>
        <input
          className={css.input}
          value={element.name ?? ""}
          maxLength={80}
          disabled={locked}
          placeholder={elementName({ ...element, name: "" }, draft, manifests, language)}
          title={t("name_hint")}
          onChange={(event) => set(t("change.name"), ["name"], event.target.value || undefined, true)}
        />
      </label>
      <ParentLink element={element} />
      {locked ? <p className={css.note}>{t("locked")}</p> : null}
    </header>
  );
}

function ParentLink({ element }: { element: Element }) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const store = useDesignerStore();
  const manifests = useManifests();
  const draft = useDesigner((state) => state.draft);
  const canvas = useDesigner((state) => state.canvas);
  const { parent } = element;
  const holder = parent ? elementsOf(draft, canvas)[parent.id] : undefined;
  if (!parent || !holder) return null;
  return (
    <button type="button" className={css.parent} onClick={() => store.select([parent.id])}>
      <Icon name="up" size={14} />
      <span className="truncate">
        {t("inside", { name: elementName(holder, draft, manifests, language) })}
      </span>
    </button>
  );
}
