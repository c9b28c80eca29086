import { useServices } from "@sdk";
import type { EdgeConfigs, EdgeConfigsApi } from "@sdk/api/edge_configs";
import { useCallback, useEffect, useState } from "react";

const PERIOD_MS = 2000;

/** What the platform has of an edge's configuration, read again and again; what was read stays where that fails.
 * `online` is null until it is known. */
export function useConfigs(api: EdgeConfigsApi, edge: string) {
  const { api: client } = useServices();
  const [all, setAll] = useState<EdgeConfigs | null>(null);
  const [online, setOnline] = useState<boolean | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = useCallback(async () => {
    try {
      const [configs, health] = await Promise.all([api.list(), client.health()]);
      setAll(configs);
      setOnline(health.edges.some((one) => one.id === edge && one.online));
      setError(null);
    } catch (problem) {
      setError(problem);
    }
  }, [api, client, edge]);
  useEffect(() => {
    let on = true;
    let timer: ReturnType<typeof setTimeout>;
    const again = async () => {
      await load();
      if (on) timer = setTimeout(() => void again(), PERIOD_MS);
    };
    void again();
    return () => {
      on = false;
      clearTimeout(timer);
    };
  }, [load]);
  return { all, online, error, load };
}
