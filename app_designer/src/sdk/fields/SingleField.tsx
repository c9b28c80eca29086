import { useEffect, useState } from "react";
import type { ComponentProps } from "../component";
import { useUnitWishes } from "../preferences/context";
import { FieldControl } from "./FieldControl";
import { type FieldDraft, type FieldSpec, fieldEntry, initialDraft, readField } from "./field_spec";
import css from "./fields.module.css";
import { useFieldTexts } from "./texts";

type Ways = Pick<ComponentProps, "emit" | "output" | "enabled">;

/** A field that stands alone: gives out what was entered, and reports each change. */
export function SingleField(given: Ways & { spec: FieldSpec }) {
  // What was typed in one unit is not read as another: with the unit the field begins anew.
  return <Field key={fieldEntry(given.spec, {}, useUnitWishes()).limits.unit} {...given} />;
}

function Field({ spec, emit, output, enabled }: Ways & { spec: FieldSpec }) {
  const t = useFieldTexts();
  const wishes = useUnitWishes();
  const [draft, setDraft] = useState<FieldDraft>(() => initialDraft(spec, {}, wishes));
  // A field nobody has touched does not shout.
  const [touched, setTouched] = useState(false);
  const { value, problem } = readField(spec, draft, {}, wishes);
  const valid = problem === null;
  useEffect(() => {
    output("value", value);
    output("valid", valid);
  }, [output, value, valid]);
  const change = (next: FieldDraft) => {
    setDraft(next);
    setTouched(true);
    const read = readField(spec, next, {}, wishes);
    if (!read.problem) emit("change", { value: read.value });
  };
  const enter = () => {
    setTouched(true);
    if (valid) emit("enter", { value });
  };
  return (
    <div className={css.single} data-state={enabled ? "ready" : "disabled"}>
      <FieldControl
        spec={spec}
        draft={draft}
        onDraft={change}
        problem={touched ? problem : null}
        disabled={!enabled}
        onEnter={enter}
      />
      {enabled ? null : <span className={css.hint}>{t("not_enabled")}</span>}
    </div>
  );
}
