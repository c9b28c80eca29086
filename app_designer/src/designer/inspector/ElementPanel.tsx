import { orderedProps, type PropSchema } from "@forms/schema";
import { Icon, localText, Notice, Skeleton, useLocale } from "@sdk";
import { useMemo, useState } from "react";
import type { ComponentManifest, Element } from "../../generated/documents.gen";
import { useDesigner } from "../model/hooks";
import { compositeOf, useManifests } from "../pickers/manifests";
import { BehindNote } from "../review/BehindNote";
import { AccessSection } from "./AccessSection";
import { CodeBlockSection } from "./CodeBlockSection";
import { InputFields, WriteFields } from "./DataSection";
import { EventsSection } from "./EventsSection";
import { Header } from "./Header";
import css from "./inspector.module.css";
import { PositionSection } from "./PositionSection";
import { PropsSection } from "./PropsSection";
import { Section } from "./Section";
import { schemaOfBlock } from "./schema_of_block";
import { useInspectorTexts } from "./texts";

interface PanelProps {
  id: string;
  element: Element;
}

/** Everything of one element: made of its manifest alone, or of the parameters of its block. */
export function ElementPanel({ id, element }: PanelProps) {
  const manifests = useManifests();
  const block = useDesigner((state) => compositeOf(state.draft, element));
  const manifest = manifests.get(element.type);
  const schema = useMemo(
    () => (block ? schemaOfBlock(block) : ((manifest?.props ?? null) as PropSchema | null)),
    [block, manifest],
  );
  return (
    <>
      <Header id={id} element={element} />
      <CodeBlockSection element={element} />
      <BehindNote element={element} />
      {schema ? (
        <Known id={id} element={element} schema={schema} manifest={manifest} />
      ) : manifests.size > 0 ? (
        <Unknown element={element} />
      ) : (
        <Skeleton width="100%" height="240px" />
      )}
    </>
  );
}

/** A block that is not there: what it keeps, to be read. */
function Unknown({ element }: { element: Element }) {
  const t = useInspectorTexts();
  return (
    <div className={css.unknown}>
      <Notice icon="question" title={t("unknown")} hint={t("unknown_hint", { type: element.type })} />
      <pre className={css.raw} tabIndex={0}>
        {JSON.stringify(element, null, 2)}
      </pre>
    </div>
  );
}

interface KnownProps extends PanelProps {
  schema: PropSchema;
  manifest: ComponentManifest | undefined;
}

/** The entries of a manifest member whose name or label has the words of the search. */
function found<T extends { label: Record<string, string>; description: string }>(
  members: Record<string, T> | undefined,
  search: string,
): Record<string, T> {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const entries = Object.entries(members ?? {}).filter(([name, spec]) => {
    const text = [name, spec.description, ...Object.values(spec.label)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return Object.fromEntries(entries);
}

function Known({ id, element, schema, manifest }: KnownProps) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const [search, setSearch] = useState("");
  const inputs = found(manifest?.inputs, search);
  const writes = found(manifest?.writes, search);
  const events = found(manifest?.events, search);
  const has = (members: object) => Object.keys(members).length > 0;
  const props = orderedProps(schema).some(({ name, schema: prop }) =>
    `${name} ${localText(prop["x-ui"]?.label, language)} ${Object.values(prop["x-ui"]?.label ?? {}).join(" ")}`
      .toLowerCase()
      .includes(search.toLowerCase().trim()),
  );
  const nothing = search !== "" && !has(inputs) && !has(writes) && !has(events) && !props;
  return (
    <>
      <label className={css.search}>
        <Icon name="search" size={16} />
        <span className="visually-hidden">{t("search")}</span>
        <input
          type="search"
          placeholder={t("search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </label>
      {nothing ? <p className={css.note}>{t("nothing_found", { search })}</p> : null}
      {has(inputs) ? (
        <Section id="data" title={t("section.data")}>
          <InputFields id={id} element={element} inputs={inputs} />
        </Section>
      ) : null}
      {has(writes) ? (
        <Section id="commands" title={t("section.commands")}>
          <WriteFields id={id} element={element} writes={writes} />
        </Section>
      ) : null}
      {props ? (
        <Section id="props" title={t("section.props")}>
          <PropsSection id={id} element={element} schema={schema} search={search} />
        </Section>
      ) : null}
      {has(events) ? (
        <Section id="events" title={t("section.events")} count={Object.keys(element.events ?? {}).length}>
          <EventsSection id={id} element={element} events={events} />
        </Section>
      ) : null}
      {search === "" ? (
        <>
          <Section id="access" title={t("section.access")} startClosed>
            <AccessSection id={id} element={element} />
          </Section>
          <Section id="position" title={t("section.position")} startClosed>
            <PositionSection id={id} locked={element.locked ?? false} />
          </Section>
        </>
      ) : null}
    </>
  );
}
