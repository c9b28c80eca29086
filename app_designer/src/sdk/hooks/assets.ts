import { useCallback, useEffect, useState } from "react";
import type { ApiClient } from "../api/client";
import type { Asset, Tag } from "../api/types";
import { assetName } from "../bindings/asset_name";
import { type Signal, signalOfTag } from "../bindings/signal";
import { useLocale, useServices } from "../context";

const known = new WeakMap<ApiClient, ReadonlyMap<string, Asset>>();
const NONE: ReadonlyMap<string, Asset> = new Map();

/** The assets by id; those known already at once. Without an answer their ids stand in. */
function useAssets(): ReadonlyMap<string, Asset> {
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
