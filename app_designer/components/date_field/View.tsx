import { type ComponentProps, type FieldSpec, type LocalText, SingleField } from "@sdk";

export interface DateFieldProps {
  label?: LocalText;
  help?: LocalText;
  kind?: "date" | "time";
  required?: boolean;
}

export default function DateFieldView({
  props,
  emit,
  output,
  enabled,
  text,
}: ComponentProps<DateFieldProps>) {
  const { kind, label, ...rest } = props;
  const spec: FieldSpec = { ...rest, id: "value", kind: kind ?? "date", label: label ?? text("label") };
  return <SingleField spec={spec} emit={emit} output={output} enabled={enabled} />;
}
