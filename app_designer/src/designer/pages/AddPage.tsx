import { Button, useLocale } from "@sdk";
import { useId, useState } from "react";
import { useDesignerStore } from "../model/hooks";
import { identifierFrom } from "../model/ids";
import { addPage } from "../model/page_operations";
import { type Archetype, newPage } from "./page_changes";
import css from "./pages.module.css";
import { useTexts } from "./texts";

const ARCHETYPES: readonly Archetype[] = ["workspace", "station", "review", "wall"];
const SURFACES = ["grid", "free"] as const;

/** The form was opened to type this. */
const focusFirst = (input: HTMLInputElement | null) => input?.focus();

/** Name, purpose, layout: a page is there and open. */
export function AddPage({ close }: { close: () => void }) {
  const text = useTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const [name, setName] = useState("");
  const [archetype, setArchetype] = useState<Archetype>("workspace");
  const [surface, setSurface] = useState<"grid" | "free">("grid");
  const make = () => {
    const { draft } = store.getState();
    const shown = name.trim() || text(archetype);
    const id = identifierFrom(shown, archetype, (taken) => taken in draft.pages);
    const title = language === "en" ? { en: shown } : { en: shown, [language]: shown };
    const page = newPage(id, title, archetype, surface);
    store.change(text("step_add", { name: shown }), addPage(draft, page), { page: id, select: [] });
    close();
  };
  return (
    <form
      className={css.add}
      onSubmit={(event) => {
        event.preventDefault();
        make();
      }}
    >
      <label>
        {text("name")}
        <input
          ref={focusFirst}
          name="page_name"
          value={name}
          maxLength={120}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <Choice legend={text("kind")} options={ARCHETYPES} value={archetype} set={setArchetype} />
      <Choice legend={text("surface")} options={SURFACES} value={surface} set={setSurface} />
      <div className={css.buttons}>
        <Button onClick={close}>{text("cancel")}</Button>
        <Button look="primary" type="submit">
          {text("make")}
        </Button>
      </div>
    </form>
  );
}

interface ChoiceProps<T extends string> {
  legend: string;
  options: readonly T[];
  value: T;
  set: (value: T) => void;
}

const HINTS = {
  workspace: "workspace_hint",
  station: "station_hint",
  review: "review_hint",
  wall: "wall_hint",
  free: "free_hint",
  grid: null,
} as const;

function Choice<T extends Archetype | "grid" | "free">({ legend, options, value, set }: ChoiceProps<T>) {
  const text = useTexts();
  const name = useId();
  return (
    <fieldset className={css.choice}>
      <legend>{legend}</legend>
      {options.map((option) => {
        const hint = HINTS[option];
        return (
          <label key={option} data-chosen={option === value}>
            <input type="radio" name={name} checked={option === value} onChange={() => set(option)} />
            <span>
              {text(option)}
              {hint ? <small>{text(hint)}</small> : null}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
