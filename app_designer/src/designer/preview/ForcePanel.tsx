import type { LoadedApp } from "@runtime/scope";
import { signalName, signalOfTag, useLocale } from "@sdk";
import type { Asset, Tag, Value } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { useState } from "react";
import css from "./preview.module.css";
import { usualRange } from "./signal_model";
import type { Forced, SimulatedWorld } from "./simulated_world";
import { useTexts } from "./texts";

const QUALITIES = { good: 0, uncertain: 64, bad: 129 } as const;
type Quality = keyof typeof QUALITIES;

/** Tags of the open page, each of which can be held at a value and a quality. */
interface ForceProps {
  world: SimulatedWorld;
  tags: readonly Tag[];
  assets: LoadedApp["assets"];
}

export function ForcePanel({ world, tags, assets }: ForceProps) {
  const text = useTexts();
  const [held, setHeld] = useState<ReadonlyMap<number, Forced>>(new Map());
  const set = (id: number, forced: Forced | null) => {
    const next = new Map(held);
    if (forced) next.set(id, forced);
    else next.delete(id);
    setHeld(next);
    world.force(id, forced);
  };
  return (
    <aside className={css.force} aria-label={text("force")}>
      <h3>{text("force")}</h3>
      <p>{text(tags.length > 0 ? "force_hint" : "force_none")}</p>
      <ul>
        {tags.map((tag) => (
          <li key={tag.id}>
            <Hold
              tag={tag}
              asset={assets.get(tag.asset ?? "")}
              forced={held.get(tag.id) ?? null}
              set={(forced) => set(tag.id, forced)}
            />
          </li>
        ))}
      </ul>
    </aside>
  );
}

interface HoldProps {
  tag: Tag;
  asset: Asset | undefined;
  forced: Forced | null;
  set: (forced: Forced | null) => void;
}

function Hold({ tag, asset, forced, set }: HoldProps) {
  const text = useTexts();
  const { language } = useLocale();
  const own = signalName(signalOfTag(tag), language);
  const name = tag.asset ? `${assetName(asset, tag.asset, language)} · ${own}` : own;
  const quality = (Object.keys(QUALITIES) as Quality[]).find((key) => QUALITIES[key] === (forced?.q ?? 0));
  const [low, high] = usualRange(tag);
  const value = forced?.v ?? (tag.kind === "f" ? (low + high) / 2 : 0);
  return (
    <>
      <span className={css.holdName}>
        <span className="truncate" title={tag.key}>
          {name}
        </span>
        {forced ? (
          <button type="button" aria-label={text("force_free", { name })} onClick={() => set(null)}>
            ×
          </button>
        ) : null}
      </span>
      <span className={css.hold}>
        <HoldValue
          tag={tag}
          label={text("force_value", { name })}
          value={value}
          set={(v) => set({ v, q: forced?.q ?? 0 })}
        />
        <select
          aria-label={text("force_quality", { name })}
          value={quality ?? "good"}
          onChange={(event) => set({ v: value, q: QUALITIES[event.target.value as Quality] })}
        >
          {(Object.keys(QUALITIES) as Quality[]).map((key) => (
            <option key={key} value={key}>
              {text(`quality_${key}`)}
            </option>
          ))}
        </select>
      </span>
    </>
  );
}

interface ValueProps {
  tag: Tag;
  label: string;
  value: Value;
  set: (value: Value) => void;
}

function HoldValue({ tag, label, value, set }: ValueProps) {
  const { language } = useLocale();
  const texts = { ...tag.meta.texts, ...tag.meta.texts_i18n?.[language] };
  const codes = Object.entries(texts);
  if (codes.length > 0 || tag.kind === "b") {
    const options = codes.length > 0 ? codes : [["0", "0"] as const, ["1", "1"] as const];
    const typed = (code: string): Value =>
      tag.kind === "b" ? code === "1" : tag.kind === "s" ? code : Number(code);
    return (
      <select
        aria-label={label}
        value={String(Number(value))}
        onChange={(event) => set(typed(event.target.value))}
      >
        {options.map(([code, word]) => (
          <option key={code} value={code}>
            {word}
          </option>
        ))}
      </select>
    );
  }
  if (tag.kind === "s") {
    return <input aria-label={label} value={String(value)} onChange={(event) => set(event.target.value)} />;
  }
  const [min, max] = tag.meta.span ?? [0, 100];
  return (
    <input
      type="range"
      aria-label={label}
      min={min}
      max={max}
      step={tag.kind === "f" ? (max - min) / 200 : 1}
      value={Number(value)}
      onChange={(event) => set(Number(event.target.value))}
    />
  );
}
