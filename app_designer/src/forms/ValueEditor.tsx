import type { ComponentType } from "react";
import type { FieldProps } from "./field_props";
import { AnchorField } from "./fields/AnchorField";
import { BandsField } from "./fields/BandsField";
import { ScalarField, SegmentedField, SelectField, SwitchField } from "./fields/ChoiceFields";
import { ListField } from "./fields/ListField";
import { NumberField, SliderField } from "./fields/NumberField";
import { ObjectField, UnionField } from "./fields/ObjectField";
import { IconField, MediaField, ReferenceField } from "./fields/PickFields";
import { TextField } from "./fields/TextField";
import { ToneField } from "./fields/ToneField";
import { inlined, type Widget, widgetOf } from "./schema";

const EDITORS: Record<Widget, ComponentType<FieldProps>> = {
  text: TextField,
  multiline: TextField,
  markdown: TextField,
  number: NumberField,
  slider: SliderField,
  switch: SwitchField,
  select: SelectField,
  segmented: SegmentedField,
  color: ToneField,
  icon: IconField,
  list: ListField,
  options: ListField,
  columns: ListField,
  fields: ListField,
  bands: BandsField,
  page: ReferenceField,
  asset: ReferenceField,
  asset_type: ReferenceField,
  role: ReferenceField,
  media: MediaField,
  anchor: AnchorField,
  object: ObjectField,
  union: UnionField,
  scalar: ScalarField,
};

/** A list of references keeps its list; everything else has the editor its widget names. */
function editorOf(field: FieldProps): ComponentType<FieldProps> {
  const widget = widgetOf(field.schema);
  const isList = inlined(field.schema).type === "array";
  if (isList && widget !== "bands") return ListField;
  return EDITORS[widget];
}

/** The editor of one value, without label: which one is said by its schema. */
export function ValueEditor(field: FieldProps) {
  const Editor = editorOf(field);
  return <Editor {...field} nested={ValueEditor} schema={withWidgetKept(field)} />;
}

/** The schema with its shared type in place, but still knowing what it was called. */
function withWidgetKept({ schema }: FieldProps) {
  const widget = widgetOf(schema);
  return {
    ...inlined(schema),
    ...(schema.$ref ? { $ref: schema.$ref } : {}),
    "x-ui": { ...schema["x-ui"], widget },
  };
}
