import type { ComponentType } from "react";
import type { PropSchema } from "./schema";

/** What every editor of one value gets. `id` is that of its main control, which a label points at. */
export interface FieldProps {
  id: string;
  label: string;
  schema: PropSchema;
  value: unknown;
  /** `typing`: one of many changes in a row, one step of undo together. `undefined` takes the value away. */
  onChange: (value: unknown, typing?: boolean) => void;
  disabled?: boolean | undefined;
  invalid?: boolean | undefined;
  /** Ids of help and problem. */
  describedBy?: string | undefined;
  /** Unit shown beside a number. */
  unit?: string | undefined;
  /** Depth inside lists and objects. */
  depth?: number | undefined;
  /** The editor of what is inside, given from above so that no editor has to know all others. */
  nested?: ComponentType<FieldProps> | undefined;
}

/** The attributes that tie a control to its label, help and problem. */
export function controlAttributes(field: FieldProps) {
  return {
    id: field.id,
    // Inside of lists, and where a control stands alone, there is no label beside it that could point at it.
    "aria-label": (field.depth ?? 0) > 0 ? field.label : undefined,
    disabled: field.disabled,
    "aria-invalid": field.invalid ? true : undefined,
    "aria-describedby": field.describedBy,
  } as const;
}
