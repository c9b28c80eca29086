import type { TextParams } from "@runtime/action";
import { appOfDraft } from "@runtime/app";
import type { Destination } from "@runtime/host";
import { TravelProvider } from "@runtime/travel/TravelProvider";
import { useLocale, useServices } from "@sdk";
import { ServicesContext } from "@sdk/context";
import { themeVersion } from "@sdk/theme";
import { useEffect, useMemo, useRef, useState } from "react";
import { useHost, useWorkbench } from "../frame/workbench";
import { isBlockCanvas } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import type { PreviewChoice, Size } from "./choice";
import { ForcePanel } from "./ForcePanel";
import { PreviewBar } from "./PreviewBar";
import css from "./preview.module.css";
import { useReplay } from "./replay";
import { Stage } from "./Stage";
import { tagsOfPage } from "./tags_of_page";
import { useTexts } from "./texts";
import { useWorld } from "./world";

const SIZE_OF: Record<"lg" | "md" | "sm", Size> = { lg: "pc", md: "tablet", sm: "phone" };

/** The draft as people would see it, with chosen data; nothing is written from here. */
export default function PreviewScreen() {
  const text = useTexts();
  const { language } = useLocale();
  const { role } = useHost();
  const { closeOverlay } = useWorkbench();
  const breakpoint = useDesigner((state) => state.breakpoint);
  const dialog = useRef<HTMLDialogElement>(null);
  const [choice, setChoice] = useState<PreviewChoice>(() => ({
    data: "live",
    role,
    size: SIZE_OF[breakpoint],
    language,
    theme: themeVersion() === "dark" ? "dark" : "light",
  }));
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-label={text("title")}
      onCancel={(event) => {
        event.preventDefault();
        closeOverlay();
      }}
    >
      <PreviewBar
        choice={choice}
        set={(change) => setChoice((now) => ({ ...now, ...change }))}
        close={closeOverlay}
      />
      <Running choice={choice} live={() => setChoice((now) => ({ ...now, data: "live" }))} />
    </dialog>
  );
}

function Running({ choice, live: goLive }: { choice: PreviewChoice; live: () => void }) {
  const draft = useDesigner((state) => state.draft);
  const plant = useDesigner((state) => state.plant);
  const { userName } = useHost();
  const start = useDesigner((state) => (isBlockCanvas(state.canvas) ? state.draft.app.home : state.canvas));
  const first = useDesigner((state) => state.params);
  const [at, setAt] = useState<{ page: string; params: TextParams }>({ page: start, params: first });
  const loaded = useMemo(() => appOfDraft(draft, plant), [draft, plant]);
  const world = useWorld(choice.data, loaded.tags);
  const live = useServices();
  const page = loaded.pages[at.page];
  const tags = useMemo(() => (page ? tagsOfPage(loaded, page, at.params) : []), [loaded, page, at.params]);
  const ids = useMemo(() => tags.map(({ id }) => id), [tags]);
  const replay = useReplay(choice.data === "replay", ids, goLive);
  const go = (target: Destination) => {
    if (!target.app) setAt({ page: target.page, params: target.params });
  };
  return (
    <ServicesContext.Provider value={world?.services ?? live}>
      <div className={css.body}>
        <div className={css.replay}>
          <TravelProvider loaded={loaded} at={replay.at} setAt={replay.setAt} inPlace>
            <Stage
              loaded={loaded}
              choice={choice}
              userName={userName}
              page={at.page}
              params={at.params}
              go={go}
              setParam={(name, value) => setAt({ ...at, params: { ...at.params, [name]: value } })}
            />
          </TravelProvider>
        </div>
        {world ? <ForcePanel key={choice.data} world={world} tags={tags} assets={loaded.assets} /> : null}
      </div>
    </ServicesContext.Provider>
  );
}
