import { useOpenDetail, useServices } from "@sdk";
import { DetailContext, ServicesContext } from "@sdk/context";
import { PastWorld } from "@sdk/travel/past_world";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { LoadedApp } from "../scope";
import { TravelContext } from "./context";
import { TravelBar } from "./TravelBar";

const TagDetail = lazy(async () => ({ default: (await import("../TagDetail")).TagDetail }));

interface TravelProps {
  loaded: Pick<LoadedApp, "tags">;
  /** The moment the address names, µs UTC; null: live. */
  at: number | null;
  /** Puts a moment into the address; `replace` leaves no step for the back button. */
  setAt: (at: number | null, replace: boolean) => void;
  /** A replay inside another screen: the page itself offers no way into the past. */
  inPlace?: boolean;
  children: ReactNode;
}

/** Shows what is inside as of a moment while the address names one. */
export function TravelProvider({ loaded, at, setAt, inPlace = false, children }: TravelProps) {
  const real = useServices();
  const { tags } = loaded;
  const away = at !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a later `at` is a jump within the same world.
  const world = useMemo(
    () => (away ? new PastWorld(real, at ?? 0, (id) => tags.get(id) ?? null) : null),
    [real, away, tags],
  );
  useEffect(() => () => world?.stop(), [world]);
  useEffect(() => {
    if (world && at !== null && Math.abs(at - world.snapshot().moment) >= 1000) void world.seek(at);
  }, [world, at]);
  const control = useMemo(
    () => ({
      away,
      moment: () => world?.snapshot().moment ?? null,
      depart: () => setAt(Math.floor(real.live.clock.now() / 1e6) * 1e6, false),
    }),
    [away, world, real, setAt],
  );
  return (
    <TravelContext.Provider value={inPlace ? null : control}>
      {world ? <TravelBar world={world} setAt={setAt} /> : null}
      <Past world={world}>{children}</Past>
    </TravelContext.Provider>
  );
}

const never = () => () => {};

/** The data of the world, and the details of tags as of its moment. Live without one; what is inside stays mounted. */
function Past({ world, children }: { world: PastWorld | null; children: ReactNode }) {
  const real = useServices();
  const openLive = useOpenDetail();
  const services = useSyncExternalStore(world?.subscribe ?? never, world?.services ?? (() => real));
  const [detail, setDetail] = useState<number | null>(null);
  return (
    <ServicesContext.Provider value={services}>
      <DetailContext.Provider value={world ? setDetail : openLive}>
        {children}
        {world && detail !== null ? (
          <Suspense fallback={null}>
            <TagDetail key={detail} tagId={detail} close={() => setDetail(null)} />
          </Suspense>
        ) : null}
      </DetailContext.Provider>
    </ServicesContext.Provider>
  );
}
