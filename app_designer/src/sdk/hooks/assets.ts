import { useCallback, useEffect, useMemo, useState } from "react";
import type { ApiClient } from "../api/client";
import type { Asset, Tag } from "../api/types";
import { assetName } from "../bindings/asset_name";
import { type Signal, signalOfTag } from "../bindings/signal";
import { useLocale, useServices } from "../context";
import type { Language } from "../i18n/catalogue";

const known = new WeakMap<ApiClient, ReadonlyMap<string, Asset>>();
const NONE: ReadonlyMap<string, Asset> = new Map();

/** The assets by id; those known already at once. Without an answer their ids stand in. */
export function useAssets(): ReadonlyMap<string, Asset> {
  const { api } = useServices();
  const [assets, setAssets] = useState(() => known.get(api) ?? NONE);
  useEffect(() => {
    let gone = false;
    api.assets().then(
      (list) => {
        const found = new Map(list.map((asset) => [asset.id, asset]));
        known.set(api, found);
        if (!gone) setAssets(found);
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [api]);
  return assets;
}

/** Makes signals straight from tags, with the names of their assets in the reader's language. */
export function useTagSignals(): (tag: Tag) => Signal {
  const { language } = useLocale();
  const assets = useAssets();
  return useCallback(
    (tag) => {
      const signal = signalOfTag(tag);
      const { asset } = signal;
      return asset ? { ...signal, assetName: assetName(assets.get(asset), asset, language) } : signal;
    },
    [assets, language],
  );
}

export interface AssetFilter {
  type?: string | undefined;
  level?: string | undefined;
  /** Those below this one: at any depth with a type or level, else its direct children. */
  parent?: string | undefined;
}

export interface AssetChoice {
  /** Null while they are not loaded. */
  assets: readonly Asset[] | null;
  failed: boolean;
  reload: () => void;
}

/** The assets that meet a filter, in the order of their names. */
export function useAssetsOf({ type, level, parent }: AssetFilter): AssetChoice {
  const { api } = useServices();
  const { language } = useLocale();
  const [all, setAll] = useState<ReadonlyMap<string, Asset> | null>(() => known.get(api) ?? null);
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again.
  useEffect(() => {
    let gone = false;
    api.assets().then(
      (list) => {
        const found = new Map(list.map((asset) => [asset.id, asset]));
        known.set(api, found);
        if (gone) return;
        setAll(found);
        setFailed(false);
      },
      () => {
        if (!gone) setFailed(true);
      },
    );
    return () => {
      gone = true;
    };
  }, [api, turn]);
  const assets = useMemo(
    () => (all ? chosenAssets(all, { type, level, parent }, language) : null),
    [all, type, level, parent, language],
  );
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return { assets, failed: failed && assets === null, reload };
}

/** Those of `all` that meet the filter, by name; a parent that is its own ancestor ends nothing endlessly. */
export function chosenAssets(
  all: ReadonlyMap<string, Asset>,
  { type, level, parent }: AssetFilter,
  language: Language,
): Asset[] {
  const deep = Boolean(type || level);
  const isBelow = (asset: Asset): boolean => {
    if (!parent) return true;
    const seen = new Set<string>();
    let above = asset.parent ?? null;
    while (above !== null && !seen.has(above)) {
      if (above === parent) return true;
      if (!deep) return false;
      seen.add(above);
      above = all.get(above)?.parent ?? null;
    }
    return false;
  };
  const name = (asset: Asset) => assetName(asset, asset.id, language);
  return [...all.values()]
    .filter((asset) => (!type || asset.type === type) && (!level || asset.level === level) && isBelow(asset))
    .sort((a, b) => name(a).localeCompare(name(b), language, { numeric: true }));
}
