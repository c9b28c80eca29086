import { type Signal, signalName } from "@sdk/bindings/signal";
import { localText } from "@sdk/i18n/catalogue";
import { blocks } from "../registry";
import { resolveElement } from "../resolve";
import type { ExplainTarget } from "./context";
import { labelsOf } from "./labels";
import type { ExplainTranslate } from "./texts";

/** One value of an element, with what the element uses it for. */
export interface Entry {
  key: string;
  title: string;
  signal: Signal;
}

/** Every value an element takes: inputs first, then settings, then what it depends on. */
export function entriesOf({ id, scope }: ExplainTarget, t: ExplainTranslate): Entry[] {
  const element = scope.elements[id];
  if (!element) return [];
  const manifest = blocks.get(element.type)?.manifest;
  const labels = labelsOf(element.type);
  const resolved = resolveElement(element, scope, manifest ?? {}, id);
  const { language } = scope;
  const entries: Entry[] = [];
  const order = Object.keys(manifest?.inputs ?? {});
  const inputs = Object.entries(resolved.inputs).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  for (const [name, signals] of inputs) {
    const label = localText(labels?.inputs[name], language) || name;
    signals.forEach((signal, index) => {
      const title = signals.length > 1 ? `${label} ${index + 1}: ${signalName(signal, language)}` : label;
      entries.push({ key: `input/${name}/${index}`, title, signal });
    });
  }
  for (const [name, signal] of Object.entries(resolved.targets)) {
    const title = localText(labels?.writes[name.split("/")[0] ?? ""], language) || name;
    entries.push({ key: `write/${name}`, title, signal });
  }
  for (const { path, signal } of resolved.props) {
    entries.push({ key: `prop/${path.join("/")}`, title: t("setting", { name: path.join(" ") }), signal });
  }
  for (const name of ["visible", "enabled", "tone"] as const) {
    const signal = resolved[name];
    if (signal) entries.push({ key: name, title: t(name), signal });
  }
  return entries;
}
