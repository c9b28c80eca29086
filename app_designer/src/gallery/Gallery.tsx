import * as formulas from "@runtime/formula";
import { provideFormulas } from "@runtime/formula_engine";
import { newestBlocks } from "@runtime/installed";
import { loadManifests, showInstalled } from "@runtime/registry";
import { Icon, localText, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { CodeBlocksApi } from "@sdk/api/code_blocks";
import { LANGUAGES, type Language } from "@sdk/i18n/catalogue";
import { isIcon } from "@sdk/ui/Icon";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import type { ComponentManifest } from "../generated/documents.gen";
import { BlockPage } from "./BlockPage";
import { type Choices, SIZES, THEMES, useChoices } from "./choices";
import css from "./gallery.module.css";
import { type GalleryKey, useGalleryTexts } from "./texts";

// An example may have a formula.
provideFormulas(formulas);

/** What the search looks at: names in both languages, so that either finds a block. */
export function matches(manifest: ComponentManifest, search: string): boolean {
  const { meta, id } = manifest;
  const words = [id, ...Object.values(meta.name), ...Object.values(meta.summary), ...(meta.tags ?? [])];
  const text = words.join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((part) => text.includes(part));
}

/** Also the installed blocks of other makers, the newest of each. Without their list the others are shown all the same. */
async function showAll(installed: CodeBlocksApi): Promise<void> {
  showInstalled(newestBlocks(await installed.list().catch(() => [])));
}

/** Every block there is, from the manifests alone. */
export default function Gallery() {
  const { language } = useLocale();
  const t = useGalleryTexts();
  const { api } = useServices();
  const { choices, choose } = useChoices(language);
  const [manifests, setManifests] = useState<ComponentManifest[] | null>(null);
  useEffect(() => {
    let gone = false;
    void showAll(new CodeBlocksApi(api))
      .then(loadManifests)
      .then((found) => !gone && setManifests(found));
    return () => {
      gone = true;
    };
  }, [api]);
  const found = useMemo(
    () =>
      (manifests ?? []).filter(
        (manifest) =>
          (!choices.category || manifest.meta.category === choices.category) &&
          matches(manifest, choices.search),
      ),
    [manifests, choices.category, choices.search],
  );
  if (!manifests) return <Skeleton width="100%" height="480px" />;
  const one = manifests.find((manifest) => manifest.id === choices.block);
  const shown = one ? [one] : found;
  return (
    <div className={css.gallery}>
      <Side manifests={manifests} found={found} choices={choices} choose={choose} />
      <div className={css.main}>
        <Toolbar choices={choices} choose={choose} />
        {shown.length === 0 ? <Notice icon="search" title={t("none", { search: choices.search })} /> : null}
        {shown.map((manifest) => (
          <BlockPage
            key={manifest.id}
            manifest={manifest}
            choices={choices}
            whole={one !== undefined}
            onOpen={() => choose({ block: manifest.id })}
          />
        ))}
      </div>
    </div>
  );
}

interface PartProps {
  choices: Choices;
  choose: (change: Partial<Choices>) => void;
}

function Side({
  manifests,
  found,
  choices,
  choose,
}: PartProps & { manifests: readonly ComponentManifest[]; found: readonly ComponentManifest[] }) {
  const t = useGalleryTexts();
  const { language } = useLocale();
  const categories = [...new Set(manifests.map((manifest) => manifest.meta.category))].sort();
  return (
    <aside className={css.side} aria-label={t("title")}>
      <h1>{t("title")}</h1>
      <p className={css.quiet}>{t("intro")}</p>
      <label className={css.search}>
        <Icon name="search" size={16} />
        <span className="visually-hidden">{t("search")}</span>
        <input
          type="search"
          placeholder={t("search")}
          value={choices.search}
          maxLength={100}
          onChange={(event) => choose({ search: event.target.value, block: "" })}
        />
      </label>
      <label className={css.select}>
        <span className="visually-hidden">{t("category")}</span>
        <select
          value={choices.category}
          onChange={(event) => choose({ category: event.target.value, block: "" })}
        >
          <option value="">{t("all")}</option>
          {categories.map((category) => (
            <option key={category} value={category}>
              {t(`category.${category}` as GalleryKey)}
            </option>
          ))}
        </select>
      </label>
      <ul className={css.index}>
        <li>
          <button type="button" aria-pressed={choices.block === ""} onClick={() => choose({ block: "" })}>
            <Icon name="apps" size={16} />
            <span className="truncate">{t("all")}</span>
          </button>
        </li>
        {found.map((manifest) => {
          const icon = manifest.meta.icon ?? "";
          return (
            <li key={manifest.id}>
              <button
                type="button"
                aria-pressed={choices.block === manifest.id}
                onClick={() => choose({ block: manifest.id })}
              >
                <Icon name={isIcon(icon) ? icon : "apps"} size={16} />
                <span className="truncate">{localText(manifest.meta.name, language)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </aside>
  );
}

const LANGUAGE_NAMES: Record<Language, string> = { en: "English", "zh-CN": "中文" };

function Toolbar({ choices, choose }: PartProps) {
  const t = useGalleryTexts();
  return (
    <div className={css.toolbar}>
      <Segments label={t("size")}>
        {SIZES.map((size) => (
          <Segment key={size} on={choices.size === size} press={() => choose({ size })}>
            {t(`size.${size}`)}
          </Segment>
        ))}
      </Segments>
      <Segments label={t("theme")}>
        {THEMES.map((theme) => (
          <Segment key={theme} on={choices.theme === theme} press={() => choose({ theme })}>
            {t(`theme.${theme}`)}
          </Segment>
        ))}
      </Segments>
      <Segments label={t("language")}>
        {LANGUAGES.map((language) => (
          <Segment key={language} on={choices.language === language} press={() => choose({ language })}>
            {LANGUAGE_NAMES[language]}
          </Segment>
        ))}
      </Segments>
    </div>
  );
}

function Segments({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className={css.segments}>
      <legend className="visually-hidden">{label}</legend>
      {children}
    </fieldset>
  );
}

function Segment({ on, press, children }: { on: boolean; press: () => void; children: ReactNode }) {
  return (
    <button type="button" aria-pressed={on} onClick={press}>
      {children}
    </button>
  );
}
