import { Combobox } from "@forms/Combobox";
import { useChoices } from "@forms/choices";
import { IconField } from "@forms/fields/PickFields";
import { TextField } from "@forms/fields/TextField";
import { Icon, localText, useLocale } from "@sdk";
import { useId } from "react";
import type { PageDocument } from "../../generated/documents.gen";
import { isBlockCanvas } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import { AccessFields } from "./AccessSection";
import { BlockPanel } from "./BlockPanel";
import { CanvasFields, Labelled } from "./CanvasFields";
import { useChange } from "./edit";
import css from "./inspector.module.css";
import { ParamsEditor } from "./ParamsEditor";
import { Section } from "./Section";
import { StatesEditor } from "./StatesEditor";
import { type InspectorText, useInspectorTexts } from "./texts";

/** What is shown where nothing is selected: the settings of the page, or of the block whose inside is open. */
export function PagePanel() {
  const canvas = useDesigner((state) => state.canvas);
  const page = useDesigner((state) => state.draft.pages[state.canvas]);
  if (isBlockCanvas(canvas)) return <BlockPanel />;
  return page ? <PageSettings key={page.id} page={page} /> : null;
}

/** Sets members of the open page. */
function usePageSet(page: PageDocument) {
  const t = useInspectorTexts();
  const change = useChange();
  return (name: string, label: string, value: unknown, typing = false) =>
    change(
      t("change.page", { name: label }),
      [{ path: ["pages", page.id, name], value }],
      typing ? `${page.id}:${name}` : undefined,
    );
}

function PageSettings({ page }: { page: PageDocument }) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const id = useId();
  const set = usePageSet(page);
  return (
    <>
      <header className={css.header}>
        <div className={css.headerRow}>
          <span className={css.blockIcon}>
            <Icon name="apps" />
          </span>
          <h2 className="truncate">{localText(page.title, language)}</h2>
        </div>
        <p className={css.note}>
          <strong>{t("empty.title")}. </strong>
          {t("empty.hint")}
        </p>
      </header>
      <Section id="page" title={t("page.settings")}>
        <Labelled label={t("page.title")} htmlFor={`${id}title`}>
          <TextField
            id={`${id}title`}
            label={t("page.title")}
            schema={{ $ref: "interlock:types#/text" }}
            value={page.title}
            onChange={(value, typing) => value !== undefined && set("title", t("page.title"), value, typing)}
          />
        </Labelled>
        <PageKind page={page} />
        <CanvasFields />
      </Section>
      <Section id="params" title={t("page.params")} count={Object.keys(page.params ?? {}).length}>
        <ParamsEditor page={page} />
      </Section>
      <Section id="states" title={t("page.states")} startClosed count={Object.keys(page.state ?? {}).length}>
        <StatesEditor page={page} />
      </Section>
      <Section id="page_access" title={t("section.access")} startClosed>
        <AccessFields
          access={page.access ?? {}}
          onChange={(access) => set("access", t("section.access"), access)}
        />
      </Section>
    </>
  );
}

const ARCHETYPES = ["workspace", "station", "review", "wall"] as const;
const RANGES = ["10m", "1h", "8h", "shift", "day"] as const;

function PageKind({ page }: { page: PageDocument }) {
  const t = useInspectorTexts();
  const id = useId();
  const set = usePageSet(page);
  const { pages } = useChoices();
  return (
    <>
      <Labelled label={t("page.archetype")} htmlFor={`${id}kind`}>
        <select
          id={`${id}kind`}
          className={css.input}
          value={page.archetype ?? "workspace"}
          onChange={(event) => set("archetype", t("page.archetype"), event.target.value)}
        >
          {ARCHETYPES.map((kind) => (
            <option key={kind} value={kind}>
              {t(`page.archetype.${kind}` satisfies InspectorText)}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled label={t("page.icon")} htmlFor={`${id}icon`}>
        <IconField
          id={`${id}icon`}
          label={t("page.icon")}
          schema={{}}
          value={page.icon}
          onChange={(value) => set("icon", t("page.icon"), value)}
        />
      </Labelled>
      <Labelled label={t("page.range")} htmlFor={`${id}range`}>
        <select
          id={`${id}range`}
          className={css.input}
          value={page.range?.default ?? ""}
          onChange={(event) =>
            set(
              "range",
              t("page.range"),
              event.target.value === "" ? undefined : { default: event.target.value },
            )
          }
        >
          <option value="">{t("page.range_none")}</option>
          {RANGES.map((range) => (
            <option key={range} value={range}>
              {t(`range.${range}`)}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled label={t("page.parent")}>
        <Combobox
          label={t("page.parent")}
          placeholder={t("page.parent_none")}
          choices={pages.filter((choice) => choice.value !== page.id)}
          value={page.parent ?? null}
          onChange={(value) => set("parent", t("page.parent"), value ?? undefined)}
        />
      </Labelled>
    </>
  );
}
