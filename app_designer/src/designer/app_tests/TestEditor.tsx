import { Button, Icon, useLocale, useServices } from "@sdk";
import { useMemo } from "react";
import type { AppTestDocument } from "../../generated/documents.gen";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { useManifests } from "../pickers/manifests";
import { elementChoices } from "./choices";
import { Events } from "./Events";
import { Expectations } from "./Expectations";
import { Given } from "./Given";
import { presentOf } from "./record";
import css from "./tests.module.css";
import { useTexts } from "./texts";

const ROLES = ["viewer", "operator", "builder", "admin"] as const;
const LANGUAGES = [
  ["en", "English"],
  ["zh-CN", "中文"],
] as const;

interface EditorProps {
  test: AppTestDocument;
  close: () => void;
}

/** One test: its name, who looks, the values, what happens, and what must hold. */
export function TestEditor({ test, close }: EditorProps) {
  const text = useTexts();
  const { language } = useLocale();
  const { store: samples } = useServices();
  const store = useDesignerStore();
  const manifests = useManifests();
  const draft = useDesigner((state) => state.draft);
  const plant = useDesigner((state) => state.plant);
  const page = draft.pages[test.page];
  const elements = useMemo(
    () => elementChoices(draft, page, manifests, language),
    [draft, page, manifests, language],
  );
  const set = (change: Partial<AppTestDocument>, field: string) => {
    const value = { ...test, ...change };
    store.change(text("step_change"), [{ path: ["tests", test.id], value }], {
      coalesce: `test/${test.id}/${field}`,
    });
  };
  const remove = () => {
    close();
    store.change(text("step_remove", { name: test.name }), [{ path: ["tests", test.id], value: undefined }]);
  };
  return (
    <div className={css.editor}>
      <label>
        {text("name")}
        <input
          value={test.name}
          maxLength={120}
          onChange={(event) => event.target.value && set({ name: event.target.value }, "name")}
        />
      </label>
      <Who test={test} set={set} />
      <Given test={test} set={(given, field) => set({ given }, field)} />
      <Events test={test} elements={elements} set={(when, field) => set({ when }, field)} />
      <Expectations
        test={test}
        elements={elements}
        present={(element, what) =>
          presentOf(
            { test, plant, manifests, sampleOf: (tag) => samples.get(tag) },
            element?.element ?? null,
            what,
          )
        }
        set={(expect, field) => set({ expect }, field)}
      />
      <Button look="quiet" onClick={remove}>
        <Icon name="trash" size={16} />
        {text("remove")}
      </Button>
    </div>
  );
}

/** Who looks, and in which language: what is seen and read depends on it. */
function Who({
  test,
  set,
}: {
  test: AppTestDocument;
  set: (change: Partial<AppTestDocument>, field: string) => void;
}) {
  const text = useTexts();
  return (
    <div className={css.who}>
      <label>
        {text("role")}
        <select
          value={test.role ?? "operator"}
          onChange={(event) => set({ role: event.target.value as (typeof ROLES)[number] }, "role")}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {text(`role.${role}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {text("language")}
        <select
          value={test.language ?? "en"}
          onChange={(event) => set({ language: event.target.value as "en" | "zh-CN" }, "language")}
        >
          {LANGUAGES.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
