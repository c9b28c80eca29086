import { Icon, localText } from "@sdk";
import { isIcon } from "@sdk/ui/Icon";
import type { ComponentManifest } from "../generated/documents.gen";
import type { Choices } from "./choices";
import { Details } from "./Details";
import { ExampleView } from "./ExampleView";
import { statesOf } from "./example_services";
import css from "./gallery.module.css";
import { Stage } from "./Stage";
import { useGalleryTexts } from "./texts";

interface BlockProps {
  manifest: ComponentManifest;
  choices: Choices;
  /** Shows every state and the details as well. */
  whole: boolean;
  onOpen: () => void;
}

/** One block: what it is, its examples, and on its own page every state and all that its manifest says. */
export function BlockPage({ manifest, choices, whole, onOpen }: BlockProps) {
  const t = useGalleryTexts();
  const { language } = choices;
  const name = localText(manifest.meta.name, language);
  const compact = choices.size === "phone";
  const icon = manifest.meta.icon ?? "";
  // States are those of data: an example that has some shows them.
  const bound =
    manifest.examples.find(({ data }) => Object.keys(data ?? {}).length > 0) ?? manifest.examples[0];
  return (
    <article className={css.block} aria-label={name}>
      <header className={css.blockHead}>
        <Icon name={isIcon(icon) ? icon : "apps"} />
        <h2>
          {whole ? (
            name
          ) : (
            <button type="button" className={css.open} onClick={onOpen}>
              {name}
            </button>
          )}
        </h2>
        <code>{manifest.id}</code>
        <span className={css.quiet}>{t("version", { version: manifest.version })}</span>
      </header>
      <p className={css.summary}>{localText(manifest.meta.summary, language)}</p>
      <div className={css.figures}>
        {manifest.examples.map((example) => (
          <Stage
            key={String(example.name.en)}
            layout={manifest.layout}
            choices={choices}
            caption={localText(example.name, language)}
          >
            <ExampleView manifest={manifest} example={example} compact={compact} />
          </Stage>
        ))}
      </div>
      {whole ? (
        <>
          <h3>{t("states")}</h3>
          <div className={css.figures}>
            {statesOf(manifest).map((state) => (
              <Stage key={state} layout={manifest.layout} choices={choices} caption={t(`state.${state}`)}>
                <ExampleView manifest={manifest} example={bound ?? {}} state={state} compact={compact} />
              </Stage>
            ))}
          </div>
          <h3>{t("details")}</h3>
          <Details manifest={manifest} language={language} />
        </>
      ) : null}
    </article>
  );
}
