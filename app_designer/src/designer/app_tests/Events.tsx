import { Combobox } from "@forms/Combobox";
import { localText, useLocale } from "@sdk";
import type { AppTestDocument, WhenEvent } from "../../generated/documents.gen";
import { useManifests } from "../pickers/manifests";
import { type ElementChoice, eventsOf, HAND_EVENTS } from "./choices";
import { Row, Rows } from "./Rows";
import css from "./tests.module.css";
import { useTexts } from "./texts";
import { ValueInput } from "./ValueInput";

type Fields = NonNullable<WhenEvent["payload"]>;

interface EventsProps {
  test: AppTestDocument;
  /** The elements that can be named, inside blocks as well. */
  elements: readonly ElementChoice[];
  set: (when: WhenEvent[], field: string) => void;
}

/** What happens before it is looked: presses, entries, in their order. */
export function Events({ test, elements, set }: EventsProps) {
  const text = useTexts();
  const { language } = useLocale();
  const manifests = useManifests();
  const when = test.when ?? [];
  const at = new Map(elements.map((one) => [one.path, one]));
  const choices = elements.flatMap(({ path, label, element }) =>
    eventsOf(element, manifests).map(([event, spec]) => ({
      value: `${path} ${event}`,
      label: text("element", { name: label, part: localText(spec.label, language) || event }),
    })),
  );
  const add = (choice: string | null) => {
    const [element, event] = choice?.split(" ") ?? [];
    if (!element || !event) return;
    const fields = eventsOf(at.get(element)?.element, manifests).find(([name]) => name === event)?.[1]
      .payload;
    const payload = Object.fromEntries(Object.keys(fields ?? {}).map((name) => [name, null]));
    set(
      [...when, { element, event, ...(fields && Object.keys(payload).length > 0 ? { payload } : {}) }],
      "when",
    );
  };
  const swapped = (n: number) => [...when.slice(0, n - 1), when[n], when[n - 1], ...when.slice(n + 1)];
  const changed = (n: number, payload: Fields) => when.map((one, i) => (i === n ? { ...one, payload } : one));
  const labelOf = ({ element, event }: WhenEvent) => {
    const key = `${element} ${event}`;
    return choices.find(({ value }) => value === key)?.label ?? key;
  };
  return (
    <Rows
      legend={text("when")}
      none={text("when_none")}
      empty={when.length === 0}
      add={
        <Combobox
          label={text("when_add")}
          placeholder={text("when_add")}
          choices={choices}
          value={null}
          clearable={false}
          onChange={add}
        />
      }
    >
      {when.map((row, n) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place alone.
          key={n}
          label={labelOf(row)}
          up={n > 0 ? () => set(swapped(n) as WhenEvent[], "when") : null}
          drop={() =>
            set(
              when.filter((_, i) => i !== n),
              "when",
            )
          }
        >
          <Payload label={labelOf(row)} row={row} set={(payload) => set(changed(n, payload), `when/${n}`)} />
        </Row>
      ))}
    </Rows>
  );
}

/** What comes with an event: of a press its value, of an entry what was typed. */
function Payload({ label, row, set }: { label: string; row: WhenEvent; set: (payload: Fields) => void }) {
  const text = useTexts();
  const fields = Object.entries(row.payload ?? {});
  const byHand = row.event in HAND_EVENTS;
  const wordOf = (name: string) =>
    byHand && (name === "control" || name === "value") ? text(`part.${name}`) : name;
  return (
    <span className={css.fields}>
      {fields.map(([name, v]) => (
        <span key={name}>
          {wordOf(name)}
          <ValueInput
            label={`${label} ${wordOf(name)}`}
            value={typeof v === "object" ? null : (v as string)}
            onChange={(next) => set({ ...row.payload, [name]: next })}
          />
        </span>
      ))}
    </span>
  );
}
