import { appOfDraft } from "@runtime/app";
import { TravelProvider } from "@runtime/travel/TravelProvider";
import { useServices } from "@sdk";
import { ServicesContext } from "@sdk/context";
import { type ReactNode, useMemo } from "react";
import { useDesigner } from "../model/hooks";
import type { DataMode } from "../preview/choice";
import { useReplay } from "../preview/replay";
import { useWorld } from "../preview/world";

interface DataProps {
  data: DataMode;
  /** Goes back to the plant's own values. */
  live: () => void;
  children: ReactNode;
}

/** What is drawn inside shows the plant's values, made-up ones, or recorded ones: both versions at the same moment. */
export function ReviewData({ data, live: goLive, children }: DataProps) {
  const draft = useDesigner((state) => state.draft);
  const plant = useDesigner((state) => state.plant);
  const loaded = useMemo(() => appOfDraft(draft, plant), [draft, plant]);
  const ids = useMemo(() => [...loaded.tags.keys()], [loaded]);
  const world = useWorld(data, loaded.tags);
  const real = useServices();
  const replay = useReplay(data === "replay", ids, goLive);
  return (
    <ServicesContext.Provider value={world?.services ?? real}>
      <TravelProvider loaded={loaded} at={replay.at} setAt={replay.setAt} inPlace>
        {children}
      </TravelProvider>
    </ServicesContext.Provider>
  );
}
