import { AreaView } from "@runtime/AreaView";
import { appOfDraft } from "@runtime/app";
import { offeredBlocks } from "@runtime/installed";
import { createScope } from "@runtime/scope";
import { Button, Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import type { Change, Version } from "@sdk/api/apps";
import { localText } from "@sdk/i18n/catalogue";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { designValue } from "../canvas/scope";
import { useHost } from "../frame/workbench";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { liveOf, useApps, useAsked } from "./ask";
import { type AppFiles, filesOf } from "./files";
import { type Place, placesOf } from "./places";
import { useTexts } from "./texts";
import css from "./versions.module.css";

interface SideProps {
  from: number;
  to: Version;
  changes: readonly Change[];
}

/** Both versions of a page beside each other; what differs is outlined. */
export function SideBySide(props: SideProps) {
  const text = useTexts();
  const [open, setOpen] = useState(false);
  const onPages = props.changes.some(({ page, subject }) => page !== null || subject === "code_block");
  if (!onPages) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Icon name="eye" size={18} />
        {text("on_page")}
      </Button>
      {open ? <SideDialog {...props} close={() => setOpen(false)} /> : null}
    </>
  );
}

function useFiles(version: Version) {
  const apps = useApps();
  const store = useDesignerStore();
  const appId = useDesigner((state) => state.appId);
  const ask = useCallback(async (): Promise<AppFiles> => {
    if (version === "draft") return store.getState().draft;
    const no = version === "current" ? liveOf(await apps.list(), appId) : version;
    return no === null ? store.getState().draft : filesOf((await apps.release(appId, no)).files);
  }, [apps, store, appId, version]);
  return useAsked(ask).asked;
}

function SideDialog({ from, to, changes, close }: SideProps & { close: () => void }) {
  const text = useTexts();
  const { language } = useLocale();
  const dialog = useRef<HTMLDialogElement>(null);
  const [chosen, setPage] = useState("");
  const before = useFiles(from);
  const after = useFiles(to);
  const places = useMemo(
    () =>
      placesOf(
        changes,
        [before, after].flatMap((side) => (side.kind === "here" ? [side.value] : [])),
      ),
    [changes, before, after],
  );
  const pages = [...new Set(places.map(({ page }) => page))];
  const page = chosen || pages[0] || "";
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);
  const here = places.filter((place) => place.page === page);
  const titleOf = (id: string) => {
    const found = [after, before].flatMap((side) => (side.kind === "here" ? [side.value.pages[id]] : []));
    return localText(found.find(Boolean)?.title, language) || id;
  };
  return (
    <dialog ref={dialog} className={css.side} aria-label={text("on_page")} onClose={close}>
      <header>
        <label>
          <span className="visually-hidden">{text("page")}</span>
          <select value={page} onChange={(event) => setPage(event.target.value)}>
            {pages.map((id) => (
              <option key={id} value={id}>
                {titleOf(id)}
              </option>
            ))}
          </select>
        </label>
        <span className={css.legend}>
          <i data-op="added">{text("op_added")}</i>
          <i data-op="changed">{text("op_changed")}</i>
          <i data-op="removed">{text("op_removed")}</i>
        </span>
        <Button look="quiet" square aria-label={text("close")} title={text("close")} onClick={close}>
          <Icon name="close" />
        </Button>
      </header>
      <div className={css.panes}>
        <Pane title={text("version", { no: String(from) })} side={before} page={page} changes={here} />
        <Pane title={to === "draft" ? text("draft") : text("live")} side={after} page={page} changes={here} />
      </div>
    </dialog>
  );
}

interface PaneProps {
  title: string;
  side: ReturnType<typeof useFiles>;
  page: string;
  changes: readonly Place[];
}

function Pane({ title, side, page, changes }: PaneProps) {
  const text = useTexts();
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {side.kind === "loading" ? <Skeleton width="100%" height="300px" /> : null}
      {side.kind === "failed" ? <Notice icon="warn" title={text("failed")} tone="alarm" /> : null}
      {side.kind === "here" && !side.value.pages[page] ? (
        <Notice icon="apps" title={text("no_page")} />
      ) : null}
      {side.kind === "here" && side.value.pages[page] ? (
        <Picture files={side.value} page={page} changes={changes} />
      ) : null}
    </section>
  );
}

const WIDTH = 1200;

/** The page as it looks, made smaller; it cannot be used. */
function Picture({ files, page, changes }: { files: AppFiles; page: string; changes: readonly Place[] }) {
  const services = useServices();
  const { language } = useLocale();
  const { role, userName } = useHost();
  const plant = useDesigner((state) => state.plant);
  const frame = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(0.5);
  const content = files.pages[page];
  const scope = useMemo(() => {
    if (!content) return null;
    const specs = Object.entries({ ...files.app.params, ...content.params });
    const params = Object.fromEntries(
      specs.map(([name, spec]) => [name, designValue(spec, undefined, plant)]),
    );
    const user = { name: userName, role, tenant: "" };
    // Each side in the versions of other makers' blocks that it names itself.
    const loaded = appOfDraft(files, plant, offeredBlocks(files.app.code_blocks));
    return createScope({ loaded, services, content, user, language, params, mode: "design" });
  }, [files, content, plant, services, language, role, userName]);
  useLayoutEffect(() => {
    const measure = () => frame.current && setScale(frame.current.clientWidth / WIDTH);
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, []);
  useOutlines(frame, changes);
  return (
    <div ref={frame} className={css.frame}>
      <div inert className={css.picture} style={{ width: WIDTH, zoom: scale }}>
        {scope ? <AreaView holder="page" scope={scope} /> : null}
      </div>
    </div>
  );
}

/** Marks elements by what happened to them; a place that holds both an added and a changed thing is changed. */
function useOutlines(frame: React.RefObject<HTMLDivElement | null>, changes: readonly Place[]): void {
  useLayoutEffect(() => {
    const marked: HTMLElement[] = [];
    for (const { element, op, subject } of changes) {
      if (!element) continue;
      const box = frame.current?.querySelector<HTMLElement>(`[data-element="${CSS.escape(element)}"]`);
      if (!box) continue;
      box.dataset.diff = subject === "element" ? op : "changed";
      marked.push(box);
    }
    return () => {
      for (const box of marked) delete box.dataset.diff;
    };
  });
}
