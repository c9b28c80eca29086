import { useServices } from "@sdk";
import type { Tag } from "@sdk/api/types";
import { useEffect, useMemo } from "react";
import type { DataMode } from "./choice";
import { SimulatedWorld } from "./simulated_world";

/** Made-up data while it is chosen; null: the plant's own. */
export function useWorld(data: DataMode, tags: ReadonlyMap<number, Tag>): SimulatedWorld | null {
  const { api } = useServices();
  const world = useMemo(
    () => (data === "live" || data === "replay" ? null : new SimulatedWorld(api, tags, data === "example")),
    [api, tags, data],
  );
  useEffect(() => {
    world?.start();
    return () => world?.stop();
  }, [world]);
  return world;
}
