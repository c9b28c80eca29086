import { Button, useLocale } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import { localText } from "@sdk/i18n/catalogue";
import { useId } from "react";
import type { CompositeDocument, Element } from "../../generated/documents.gen";
import { type Instance, isInUse, versionKey } from "../model/block_versions";
import { documentOf, elementsOf, isBlockCanvas } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import { compositeOf, elementName, useManifests } from "../pickers/manifests";
import { InstancePicture } from "./InstancePicture";
import { type InstanceChange, instanceChanges, updatedElement } from "./instance_changes";
import css from "./review.module.css";
import { useTexts } from "./texts";

interface RowProps {
  instance: Instance;
  after: CompositeDocument;
  ticked: boolean;
  toggle: () => void;
  show: () => void;
}

/** One place: how it is, how it will be, and what that means for its own settings. */
export function InstanceRow({ instance, after, ticked, toggle, show }: RowProps) {
  const text = useTexts();
  const id = useId();
  const { canvas, version } = instance;
  const element = useDesigner((state) => elementsOf(state.draft, canvas)[instance.id]);
  const before = useDesigner((state) => state.draft.blocks[versionKey(after.id, version)]);
  const fixed = useDesigner(
    (state) => isBlockCanvas(canvas) && isInUse(state, canvas.slice("block:".length)),
  );
  const name = usePlaceName(instance, element);
  if (!element) return null;
  const next = updatedElement(element, before, after);
  return (
    <article className={css.row} data-ticked={ticked} aria-labelledby={`${id}name`}>
      <div className={css.rowHead}>
        <label>
          <input type="checkbox" checked={ticked} onChange={toggle} />
          <span id={`${id}name`}>{name}</span>
        </label>
        <Button look="quiet" onClick={show} aria-describedby={`${id}name`}>
          {text("show")}
        </Button>
      </div>
      {fixed ? <p className={css.hint}>{text("block_successor")}</p> : null}
      {before ? (
        <Consequences changes={instanceChanges(element, before, after)} {...{ before, after }} />
      ) : null}
      <div className={css.pair}>
        <figure>
          <figcaption>{text("before", { version: String(version) })}</figcaption>
          {before ? (
            <InstancePicture canvas={canvas} id={instance.id} element={element} />
          ) : (
            <p className={css.hint}>{text("missing", { version: String(version) })}</p>
          )}
        </figure>
        <figure>
          <figcaption>{text("after", { version: String(after.version) })}</figcaption>
          <InstancePicture canvas={canvas} id={instance.id} element={next} />
        </figure>
      </div>
    </article>
  );
}

function usePlaceName({ canvas }: Instance, element: Element | undefined): string {
  const text = useTexts();
  const { language } = useLocale();
  const manifests = useManifests();
  const draft = useDesigner((state) => state.draft);
  const assets = useDesigner((state) => state.plant.assets);
  const holder = documentOf(draft, canvas);
  const page = holder ? localText("title" in holder ? holder.title : holder.name, language) : canvas;
  const name = element ? elementName(element, draft, manifests, language) : "";
  // Several of one name are told apart by their machines.
  const machines = Object.entries(compositeOf(draft, element ?? NOTHING)?.params ?? {})
    .filter(([, spec]) => spec.type === "asset")
    .flatMap(([param]) => assets.find(({ id }) => id === element?.props?.[param]) ?? [])
    .map((asset) => assetName(asset, asset.id, language))
    .filter((machine) => machine !== name);
  const shown = machines.length > 0 ? `${name} (${machines.join(", ")})` : name;
  return text(isBlockCanvas(canvas) ? "place_block" : "place", { element: shown, page: page || canvas });
}

const NOTHING = { type: "", props_version: 1 };

interface ConsequencesProps {
  changes: readonly InstanceChange[];
  before: CompositeDocument;
  after: CompositeDocument;
}

function Consequences({ changes, before, after }: ConsequencesProps) {
  const text = useTexts();
  const { language } = useLocale();
  if (changes.length === 0) return <p className={css.hint}>{text("same")}</p>;
  const shown = (value: unknown): string => {
    if (value === null || value === undefined || value === "") return text("empty");
    return typeof value === "string" ? `“${value}”` : JSON.stringify(value);
  };
  const sentence = (change: InstanceChange) => {
    const spec = after.params?.[change.param] ?? before.params?.[change.param];
    const values: Record<string, string> = { param: localText(spec?.label, language) || change.param };
    if ("before" in change) values.before = shown(change.before);
    if ("value" in change) values.value = shown(change.value);
    if ("binding" in change) values.value = bindingWords(change.binding);
    return text(change.kind, values);
  };
  return (
    <ul className={css.own}>
      {changes.map((change) => (
        <li key={`${change.kind}${change.param}`} data-lost={change.kind.endsWith("lost")}>
          {sentence(change)}
        </li>
      ))}
    </ul>
  );
}

type Bound = Extract<InstanceChange, { kind: "binding_lost" }>["binding"];

/** What a binding reads, as short as it can be said. */
function bindingWords(binding: Bound): string {
  switch (binding.source) {
    case "tag":
    case "history": {
      const { asset } = binding;
      return `${typeof asset === "string" ? asset : `{${asset?.param ?? ""}}`}/${binding.role ?? ""}`;
    }
    case "param":
      return `{${binding.param}}`;
    case "expression":
      return `= ${binding.text}`;
    case "static":
      return JSON.stringify(binding.value);
    default:
      return binding.source;
  }
}
