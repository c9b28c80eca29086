import { Skeleton, useOpenDetail, useServices } from "@sdk";
import { DetailContext, ServicesContext } from "@sdk/context";
import { late } from "@sdk/late";
import { lateComponent } from "@sdk/late_component";
import type { PastWorld } from "@sdk/travel/past_world";
import { type ReactNode, Suspense, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { LoadedApp } from "../scope";
import { TravelContext } from "./context";

const TagDetail = lateComponent(async () => (await import("../TagDetail")).TagDetail);

const past = late(() => import("./past"));
/** Fetches what a look at the past needs. */
export const loadPast = past.load;
/** Once the page stands it is fetched, so that the way into the past is open without waiting, or the platform. */
const FETCH_AFTER_MS = 1500;

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

/** Shows what is inside as of a moment while the address names one: nothing live, not even while its code comes. */
export function TravelProvider(props: TravelProps) {
  useEffect(() => {
    // Fetched again, and a failure told, when somebody looks at the past.
    const timer = setTimeout(() => void past.load().catch(() => {}), FETCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Suspense fallback={<Skeleton width="100%" height="320px" />}>
      <Travel {...props} />
    </Suspense>
  );
}

function Travel({ loaded, at, setAt, inPlace = false, children }: TravelProps) {
  const real = useServices();
  const { tags } = loaded;
  const away = at !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a later `at` is a jump within the same world.
  const world = useMemo(
    () => (away ? new (past.now().PastWorld)(real, at ?? 0, (id) => tags.get(id) ?? null) : null),
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
      <Bar world={world} setAt={setAt} />
      <Past world={world}>{children}</Past>
    </TravelContext.Provider>
  );
}

function Bar({ world, setAt }: Pick<TravelProps, "setAt"> & { world: PastWorld | null }) {
  if (!world) return null;
  const { TravelBar } = past.now();
  return <TravelBar world={world} setAt={setAt} />;
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
