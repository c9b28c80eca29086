import { localText } from "@sdk";
import type { Language } from "@sdk/i18n/catalogue";
import type { ComponentManifest } from "../generated/documents.gen";
import css from "./gallery.module.css";
import { type GalleryKey, useGalleryTexts } from "./texts";

interface DetailsProps {
  manifest: ComponentManifest;
  language: Language;
}

interface PropSchema {
  type?: string;
  enum?: unknown[];
  $ref?: string;
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  "x-ui"?: { label?: Record<string, string> };
}

/** The type of a property in a few words. */
export function typeWords(schema: PropSchema): string {
  if (schema.enum) return schema.enum.map(String).join(" · ");
  const kind = schema.type ?? schema.$ref?.split("/").pop() ?? "any";
  const { minimum, maximum } = schema;
  if (minimum === undefined && maximum === undefined) return kind;
  return `${kind} ${minimum ?? ""}…${maximum ?? ""}`;
}

interface Row {
  id: string;
  label: string;
  type: string;
  preset: string;
  meaning: string;
}

const PARTS = ["writes", "outputs", "events", "methods", "slots"] as const;

/** All that a manifest says of a block, as tables. */
export function Details({ manifest, language }: DetailsProps) {
  const t = useGalleryTexts();
  const properties = (manifest.props as { properties?: Record<string, PropSchema> }).properties ?? {};
  const props = Object.entries(properties).map(([id, schema]) => ({
    id,
    label: localText(schema["x-ui"]?.label, language),
    type: typeWords(schema),
    preset: schema.default === undefined ? "" : JSON.stringify(schema.default),
    meaning: schema.description ?? "",
  }));
  const inputs = Object.entries(manifest.inputs ?? {}).map(([id, spec]) => ({
    id,
    label: localText(spec.label, language),
    type: [
      `${spec.type}, ${spec.shape}`,
      spec.required ? t("required") : "",
      spec.many ? t("many", { n: String(spec.items_max) }) : "",
    ]
      .filter(Boolean)
      .join(", "),
    preset: t("from", { sources: spec.from.join(", ") }),
    meaning: spec.description,
  }));
  return (
    <div className={css.details}>
      <Table title="props" rows={props} />
      <Table title="inputs" rows={inputs} />
      {PARTS.map((part) => (
        <Table key={part} title={part} rows={specRows(manifest[part] ?? {}, language)} />
      ))}
      <dl className={css.facts}>
        <dt>{t("keyboard")}</dt>
        <dd>{(manifest.a11y.keys ?? []).join(", ") || "—"}</dd>
        <dt>{t("sentence")}</dt>
        <dd>{manifest.a11y.text}</dd>
      </dl>
    </div>
  );
}

type Spec = {
  label: Record<string, string>;
  description: string;
  type?: string;
  payload?: object;
  params?: object;
};

function specRows(specs: Record<string, Spec>, language: Language): Row[] {
  return Object.entries(specs).map(([id, spec]) => ({
    id,
    label: localText(spec.label, language),
    type: spec.type ?? Object.keys(spec.payload ?? spec.params ?? {}).join(", "),
    preset: "",
    meaning: spec.description,
  }));
}

function Table({ title, rows }: { title: GalleryKey; rows: readonly Row[] }) {
  const t = useGalleryTexts();
  if (rows.length === 0) return null;
  return (
    // A wide table is scrolled with the keys.
    <section className={css.tableFrame} tabIndex={0} aria-label={t(title)}>
      <table className={css.table}>
        <caption>{t(title)}</caption>
        <thead>
          <tr>
            <th scope="col">{t("name")}</th>
            <th scope="col">{t("type")}</th>
            <th scope="col">{t("default")}</th>
            <th scope="col">{t("meaning")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row">
                {row.label} <code>{row.id}</code>
              </th>
              <td>{row.type}</td>
              <td>{row.preset}</td>
              <td>{row.meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
