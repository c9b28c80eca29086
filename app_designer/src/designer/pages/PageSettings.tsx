import { Button, Icon, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { ICON_NAMES } from "@sdk/ui/Icon";
import { useState } from "react";
import type { PageDocument } from "../../generated/documents.gen";
import type { Change } from "../model/contract";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { IDENTIFIER, identifierFrom } from "../model/ids";
import { addPage, removePage, renamePage } from "../model/page_operations";
import { changePageId, copyOfPage, linksTo } from "./page_changes";
import css from "./pages.module.css";
import { useTexts } from "./texts";

interface SettingsProps {
  page: PageDocument;
  /** The page has another id now. */
  moved: (id: string) => void;
  close: () => void;
}

/** Everything about a page that is not on it. */
export function PageSettings(props: SettingsProps) {
  const { page } = props;
  const text = useTexts();
  const store = useDesignerStore();
  const home = useDesigner((state) => state.draft.app.home === page.id);
  const inMenu = useDesigner((state) => (state.draft.app.nav ?? []).some((entry) => entry.page === page.id));
  const change = (changes: Change[], coalesce?: string) =>
    store.change(text("step_change"), changes, coalesce ? { coalesce } : {});
  const setMenu = (shown: boolean) => {
    const { nav = [] } = store.getState().draft.app;
    const entry = { page: page.id, label: page.title, icon: page.icon ?? "" };
    const value = shown ? [...nav, entry] : nav.filter((item) => item.page !== page.id);
    change([{ path: ["app", "nav"], value }]);
  };
  return (
    <div className={css.settings}>
      <Names page={page} change={change} />
      <IconChoice page={page} change={change} />
      <Under page={page} change={change} />
      <PageId {...props} />
      <label className={css.check}>
        <input type="checkbox" checked={inMenu} onChange={(event) => setMenu(event.target.checked)} />
        {text("in_menu")}
      </label>
      {home ? null : (
        <Button look="quiet" onClick={() => change([{ path: ["app", "home"], value: page.id }])}>
          <Icon name="home" size={16} />
          {text("make_home")}
        </Button>
      )}
      <Duplicate page={page} />
      <Remove page={page} close={props.close} />
    </div>
  );
}

interface PartProps {
  page: PageDocument;
  change: (changes: Change[], coalesce?: string) => void;
}

function Names({ page, change }: PartProps) {
  const text = useTexts();
  const store = useDesignerStore();
  const set = (language: string, value: string) => {
    const { [language]: _old, ...rest } = page.title;
    const title = value || language === "en" ? { ...rest, [language]: value } : rest;
    change(renamePage(store.getState().draft, page.id, title), `title/${page.id}/${language}`);
  };
  return (
    <>
      {(["en", "zh-CN"] as const).map((language) => (
        <label key={language} className={css.field}>
          {text(language === "en" ? "rename" : "rename_zh")}
          <input
            value={page.title[language] ?? ""}
            maxLength={120}
            onChange={(event) => set(language, event.target.value)}
          />
        </label>
      ))}
    </>
  );
}

function IconChoice({ page, change }: PartProps) {
  const text = useTexts();
  const store = useDesignerStore();
  const set = (icon: string) => {
    const { nav = [] } = store.getState().draft.app;
    const value = nav.map((entry) => (entry.page === page.id ? { ...entry, icon } : entry));
    change([
      { path: ["pages", page.id, "icon"], value: icon },
      { path: ["app", "nav"], value },
    ]);
  };
  return (
    <label className={css.field}>
      {text("icon")}
      <select value={page.icon ?? ""} onChange={(event) => set(event.target.value)}>
        <option value="">–</option>
        {ICON_NAMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Under({ page, change }: PartProps) {
  const text = useTexts();
  const { language } = useLocale();
  const others = useDesigner((state) => Object.values(state.draft.pages).filter(({ id }) => id !== page.id));
  const set = (parent: string) =>
    change([{ path: ["pages", page.id, "parent"], value: parent || undefined }]);
  return (
    <label className={css.field}>
      {text("under")}
      <select value={page.parent ?? ""} onChange={(event) => set(event.target.value)}>
        <option value="">{text("under_none")}</option>
        {others.map(({ id, title }) => (
          <option key={id} value={id}>
            {localText(title, language) || id}
          </option>
        ))}
      </select>
    </label>
  );
}

function PageId({ page, moved }: SettingsProps) {
  const text = useTexts();
  const store = useDesignerStore();
  const [typed, setTyped] = useState(page.id);
  const taken = useDesigner((state) => typed !== page.id && typed in state.draft.pages);
  const wrong = IDENTIFIER.test(typed) ? (taken ? text("id_taken") : null) : text("id_bad");
  const set = () => {
    if (wrong || typed === page.id) return;
    const changes = changePageId(store.getState().draft, page.id, typed);
    store.change(text("step_change"), changes, { page: typed });
    moved(typed);
  };
  return (
    <label className={css.field}>
      {text("id")}
      <input
        value={typed}
        maxLength={40}
        aria-invalid={wrong !== null}
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={set}
        onKeyDown={(event) => event.key === "Enter" && set()}
      />
      <small data-wrong={wrong !== null}>{wrong ?? text("id_hint")}</small>
    </label>
  );
}

function Duplicate({ page }: { page: PageDocument }) {
  const text = useTexts();
  const store = useDesignerStore();
  const copy = () => {
    const { draft } = store.getState();
    const id = identifierFrom(page.id, "page", (taken) => taken in draft.pages);
    const title = Object.fromEntries(
      Object.entries(page.title).map(([language, name]) => [language, text("copy_of", { name })]),
    );
    const made = copyOfPage(page, id, title);
    store.change(text("step_add", { name: id }), addPage(draft, made), { page: id, select: [] });
  };
  return (
    <Button look="quiet" onClick={copy}>
      <Icon name="plus" size={16} />
      {text("duplicate")}
    </Button>
  );
}

function Remove({ page, close }: { page: PageDocument; close: () => void }) {
  const text = useTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const only = useDesigner((state) => Object.keys(state.draft.pages).length === 1);
  const [sure, setSure] = useState(false);
  const name = localText(page.title, language) || page.id;
  const remove = () => {
    close();
    store.change(text("step_remove", { name }), removePage(store.getState().draft, page.id), { select: [] });
  };
  if (!sure) {
    return (
      <Button
        look="quiet"
        disabled={only}
        title={only ? text("last") : undefined}
        onClick={() => setSure(true)}
      >
        <Icon name="trash" size={16} />
        {text("remove")}
      </Button>
    );
  }
  const links = linksTo(store.getState().draft, page.id);
  return (
    <div className={css.sure} role="alertdialog" aria-label={text("remove_sure", { name })}>
      <p>
        <strong>{text("remove_sure", { name })}</strong>{" "}
        {links > 0 ? text("remove_links", { count: String(links) }) : null} {text("remove_undo")}
      </p>
      <div className={css.buttons}>
        <Button autoFocus onClick={() => setSure(false)}>
          {text("cancel")}
        </Button>
        <Button look="primary" onClick={remove}>
          {text("remove")}
        </Button>
      </div>
    </div>
  );
}
