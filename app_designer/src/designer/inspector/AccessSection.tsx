import type { Bound } from "@runtime/binding";
import type { Access, Element } from "../../generated/documents.gen";
import { BoundValue } from "../pickers/BoundValue";
import { WANTED_BOOLEAN, WANTED_TONE, type Wanted } from "../pickers/wanted";
import { useSetMember } from "./edit";
import css from "./inspector.module.css";
import { setBinding } from "./PropsSection";
import { type InspectorText, useInspectorTexts } from "./texts";

const ROLES = ["viewer", "operator", "builder", "admin"] as const;
type Role = (typeof ROLES)[number];

interface AccessFieldsProps {
  access: Access;
  disabled?: boolean;
  onChange: (access: Access) => void;
}

/** The least role that sees and that uses something. */
export function AccessFields({ access, disabled, onChange }: AccessFieldsProps) {
  const t = useInspectorTexts();
  const set = (name: "see" | "use", role: string) => {
    const { [name]: _, ...rest } = access;
    onChange(role === "" ? rest : { ...rest, [name]: role as Role });
  };
  const choice = (name: "see" | "use", title: InspectorText, none: InspectorText) => (
    <label className={css.field}>
      <span className={css.label}>{t(title)}</span>
      <select
        className={css.input}
        disabled={disabled}
        value={access[name] ?? ""}
        onChange={(event) => set(name, event.target.value)}
      >
        <option value="">{t(none)}</option>
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {t(`role.${role}`)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      {choice("see", "access.see", "access.see_all")}
      {choice("use", "access.use", "access.use_default")}
    </>
  );
}

const OWN: readonly { pointer: string; title: InspectorText; wanted: Wanted }[] = [
  { pointer: "/@visible", title: "visible", wanted: WANTED_BOOLEAN },
  { pointer: "/@enabled", title: "usable", wanted: WANTED_BOOLEAN },
  { pointer: "/@tone", title: "tone", wanted: WANTED_TONE },
];

/** Whether an element is seen and can be used, and its colour: each may follow data. */
export function AccessSection({ id, element }: { id: string; element: Element }) {
  const t = useInspectorTexts();
  const set = useSetMember([id]);
  return (
    <>
      {OWN.map(({ pointer, title, wanted }) => (
        <div key={pointer} className={css.bindField} data-field={pointer}>
          <span className={css.label}>{t(title)}</span>
          <BoundValue
            label={t(title)}
            wanted={wanted}
            bound={(element.bind?.[pointer] as Bound | undefined) ?? null}
            element={id}
            disabled={element.locked ?? false}
            onChange={(bound, typing) =>
              setBinding(set, t("change.bind", { name: t(title) }), pointer, bound, typing)
            }
          />
        </div>
      ))}
      <AccessFields
        access={element.access ?? {}}
        disabled={element.locked ?? false}
        onChange={(access) =>
          set(t("change.access"), ["access"], Object.keys(access).length > 0 ? access : undefined)
        }
      />
    </>
  );
}
