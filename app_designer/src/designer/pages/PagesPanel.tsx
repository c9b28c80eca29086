import { Button, Icon, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { isIcon } from "@sdk/ui/Icon";
import { useState } from "react";
import type { PageDocument } from "../../generated/documents.gen";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { AddPage } from "./AddPage";
import { Kiosk } from "./Kiosk";
import { PageSettings } from "./PageSettings";
import { movedInMenu, orderedPages } from "./page_changes";
import css from "./pages.module.css";
import { useTexts } from "./texts";

/** The pages of the app in the order of its menu: open, add, order, settings. */
export default function PagesPanel() {
  const text = useTexts();
  const pages = useDesigner((state) => orderedPages(state.draft));
  const [adding, setAdding] = useState(false);
  const [settings, setSettings] = useState<string | null>(null);
  return (
    <div className={css.panel}>
      {adding ? (
        <AddPage close={() => setAdding(false)} />
      ) : (
        <Button onClick={() => setAdding(true)}>
          <Icon name="plus" size={18} />
          {text("add")}
        </Button>
      )}
      <ul className={css.list} aria-label={text("pages")}>
        {pages.map((page) => (
          <li key={page.id}>
            <Row
              page={page}
              expanded={settings === page.id}
              toggle={() => setSettings(settings === page.id ? null : page.id)}
            />
            {settings === page.id ? (
              <PageSettings page={page} moved={setSettings} close={() => setSettings(null)} />
            ) : null}
          </li>
        ))}
      </ul>
      <Kiosk />
    </div>
  );
}

interface RowProps {
  page: PageDocument;
  expanded: boolean;
  toggle: () => void;
}

function Row({ page, expanded, toggle }: RowProps) {
  const text = useTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const open = useDesigner((state) => state.canvas === page.id);
  const home = useDesigner((state) => state.draft.app.home === page.id);
  const nav = useDesigner((state) => state.draft.app.nav ?? []);
  const place = nav.findIndex((entry) => entry.page === page.id);
  const name = localText(page.title, language) || page.id;
  const move = (by: 1 | -1) =>
    store.change(text("step_order"), [{ path: ["app", "nav"], value: movedInMenu(nav, page.id, by) }]);
  return (
    <div className={css.row} data-open={open} data-page={page.id}>
      <button
        type="button"
        className={css.name}
        aria-current={open ? "page" : undefined}
        aria-label={text("open", { name })}
        onClick={() => store.open(page.id)}
      >
        <Icon name={isIcon(page.icon) ? page.icon : "apps"} size={18} />
        <span className="truncate" title={name}>
          {name}
        </span>
        {home ? (
          <span title={text("home")}>
            <Icon name="home" size={14} />
            <span className="visually-hidden">{text("home")}</span>
          </span>
        ) : null}
      </button>
      <span className={css.tools}>
        <IconButton icon="up" label={text("up", { name })} off={place <= 0} onClick={() => move(-1)} />
        <IconButton
          icon="down"
          label={text("down", { name })}
          off={place < 0 || place >= nav.length - 1}
          onClick={() => move(1)}
        />
        <IconButton icon="edit" label={text("more", { name })} pressed={expanded} onClick={toggle} />
      </span>
    </div>
  );
}

interface IconButtonProps {
  icon: "up" | "down" | "edit" | "trash";
  label: string;
  off?: boolean;
  pressed?: boolean;
  onClick: () => void;
}

export function IconButton({ icon, label, off = false, pressed, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      className={css.tool}
      aria-label={label}
      title={label}
      disabled={off}
      aria-expanded={pressed}
      onClick={onClick}
    >
      <Icon name={icon} size={16} />
    </button>
  );
}
