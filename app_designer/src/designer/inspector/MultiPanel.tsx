import { SchemaForm } from "@forms/SchemaForm";
import type { PropSchema } from "@forms/schema";
import { localText, useLocale } from "@sdk";
import { useMemo } from "react";
import type { Element } from "../../generated/documents.gen";
import { sameJson } from "../model/paths";
import { useManifests } from "../pickers/manifests";
import { AccessFields } from "./AccessSection";
import { useSetMember } from "./edit";
import css from "./inspector.module.css";
import { Section } from "./Section";
import { useInspectorTexts } from "./texts";

interface MultiProps {
  ids: readonly string[];
  elements: readonly Element[];
}

/** Properties that all of these blocks have, with the same schema but for their words. */
export function commonProps(schemas: readonly PropSchema[]): PropSchema {
  const [first, ...rest] = schemas;
  const plain = ({ "x-ui": _ui, description: _text, default: _default, ...schema }: PropSchema) => schema;
  const common = Object.entries(first?.properties ?? {}).filter(([name, prop]) =>
    rest.every((schema) => {
      const other = schema.properties?.[name];
      return other !== undefined && sameJson(plain(other), plain(prop));
    }),
  );
  return { type: "object", properties: Object.fromEntries(common) };
}

/** The values all of these elements share; where they differ, none. */
export function commonValues(
  elements: readonly Element[],
  names: readonly string[],
): Record<string, unknown> {
  const [first] = elements;
  const shared = names.filter((name) =>
    elements.every((element) => sameJson(element.props?.[name], first?.props?.[name])),
  );
  const entries = shared
    .map((name) => [name, first?.props?.[name]] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** Several elements: what they have in common is changed for all of them at once. */
export function MultiPanel({ ids, elements }: MultiProps) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const manifests = useManifests();
  const set = useSetMember(ids);
  const types = [...new Set(elements.map((element) => element.type))];
  const key = types.join("|");
  const schema = useMemo(
    () => commonProps(key.split("|").map((type) => (manifests.get(type)?.props ?? {}) as PropSchema)),
    [key, manifests],
  );
  const names = Object.keys(schema.properties ?? {});
  const values = commonValues(elements, names);
  const differ = names
    .filter((name) => !(name in values) && elements.some((element) => element.props?.[name] !== undefined))
    .map((name) => localText(schema.properties?.[name]?.["x-ui"]?.label, language) || name);
  const locked = elements.some((element) => element.locked);
  const access = sameJson(...(accessPair(elements) as [unknown, unknown])) ? (elements[0]?.access ?? {}) : {};
  return (
    <>
      <header className={css.header}>
        <h2>{t("multi", { n: String(elements.length) })}</h2>
        <p className={css.note}>{t(locked ? "locked" : "multi_hint")}</p>
      </header>
      <Section id="props" title={t("section.props")}>
        {names.length === 0 ? <p className={css.note}>{t("multi_none")}</p> : null}
        {differ.length > 0 ? <p className={css.note}>{`${t("multi_mixed")}: ${differ.join(", ")}`}</p> : null}
        <SchemaForm
          schema={schema}
          value={values}
          disabled={locked}
          onChange={(name, value, typing) => set(t("change.prop", { name }), ["props", name], value, typing)}
        />
      </Section>
      <Section id="access" title={t("section.access")} startClosed>
        <AccessFields
          access={access}
          disabled={locked}
          onChange={(next) =>
            set(t("change.access"), ["access"], Object.keys(next).length > 0 ? next : undefined)
          }
        />
      </Section>
    </>
  );
}

/** Two access settings that differ if any two do. */
function accessPair(elements: readonly Element[]): [unknown, unknown] {
  const first = elements[0]?.access ?? {};
  const other = elements.find((element) => !sameJson(element.access ?? {}, first));
  return [first, other?.access ?? first];
}
