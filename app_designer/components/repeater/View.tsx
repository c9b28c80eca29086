import {
  assetName,
  Button,
  type ComponentProps,
  KeepScopeContext,
  type LocalText,
  localText,
  Notice,
  Skeleton,
  useAssetsOf,
  useKeepScope,
  useLocale,
} from "@sdk";
import type { CSSProperties, ReactNode } from "react";
import css from "./View.module.css";

export interface RepeaterItem {
  value: string;
  label?: LocalText;
}

export interface RepeaterProps {
  title?: LocalText;
  source?: "assets" | "list";
  asset_type?: string;
  level?: string;
  parent?: string;
  items?: RepeaterItem[];
  item_width?: number;
  item_height?: number;
  show_names?: boolean;
  limit?: number;
}

const LIMIT = 50;
const ITEM_WIDTH_PX = 280;
/** Two beside each other, where the app does not say how wide an item must be. */
const PHONE_WIDTH_PX = 160;
const ITEM_HEIGHT_PX = 160;

interface Entry {
  id: string;
  name: string;
}

export default function RepeaterView(given: ComponentProps<RepeaterProps>) {
  const { props } = given;
  const { language } = useLocale();
  if (props.source === "list") {
    const entries = (props.items ?? []).map((item) => ({
      id: item.value,
      name: localText(item.label, language) || item.value,
    }));
    return <Items given={given} entries={entries} />;
  }
  return <OfAssets {...given} />;
}

function OfAssets(given: ComponentProps<RepeaterProps>) {
  const { props, text } = given;
  const { language, t } = useLocale();
  const { assets, failed, reload } = useAssetsOf({
    type: props.asset_type,
    level: props.level,
    parent: props.parent,
  });
  if (failed)
    return (
      <Framed given={given}>
        <Notice icon="warn" title={text("failed")} tone="alarm">
          <Button onClick={reload}>{t("common.retry")}</Button>
        </Notice>
      </Framed>
    );
  if (assets === null)
    return (
      <Framed given={given}>
        <Skeleton width="100%" height="120px" />
      </Framed>
    );
  return (
    <Items
      given={given}
      entries={assets.map((asset) => ({ id: asset.id, name: assetName(asset, asset.id, language) }))}
    />
  );
}

function Framed({ given, children }: { given: ComponentProps<RepeaterProps>; children: ReactNode }) {
  const { language } = useLocale();
  const title = localText(given.props.title, language);
  return (
    <section className={css.repeater} aria-label={title || given.text("repeater")}>
      {title ? <h2 className={`${css.title} truncate`}>{title}</h2> : null}
      {children}
    </section>
  );
}

function Items({ given, entries }: { given: ComponentProps<RepeaterProps>; entries: readonly Entry[] }) {
  const { props, slot, text, compact } = given;
  const scope = useKeepScope();
  const limit = props.limit ?? LIMIT;
  const shown = entries.slice(0, limit);
  const style = {
    "--item-width": `${props.item_width ?? (compact ? PHONE_WIDTH_PX : ITEM_WIDTH_PX)}px`,
    "--item-height": `${props.item_height ?? ITEM_HEIGHT_PX}px`,
    "--count": shown.length,
  } as CSSProperties;
  if (entries.length === 0)
    return (
      <Framed given={given}>
        <div data-state="empty">
          <Notice icon="apps" title={text("empty")} hint={text("empty_hint")} />
        </div>
      </Framed>
    );
  return (
    <Framed given={given}>
      <ul className={css.items} style={style} data-state="filled">
        {shown.map((entry) => (
          <li key={entry.id} className={css.item}>
            {props.show_names === false ? null : (
              <h3 className={`${css.name} truncate`} title={entry.name}>
                {entry.name}
              </h3>
            )}
            <KeepScopeContext.Provider value={`${scope}/${given.id}:${entry.id}`}>
              <div className={css.body}>{slot("item", { params: { item: entry.id }, key: entry.id })}</div>
            </KeepScopeContext.Provider>
          </li>
        ))}
      </ul>
      {entries.length > shown.length ? (
        <p className={css.more} role="note">
          {text("more", { shown: String(shown.length), all: String(entries.length) })}
        </p>
      ) : null}
    </Framed>
  );
}
