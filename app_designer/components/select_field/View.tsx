import { type ComponentProps, type FieldOption, type FieldSpec, type LocalText, SingleField } from "@sdk";

export interface SelectFieldProps {
  label?: LocalText;
  help?: LocalText;
  options?: FieldOption[];
  look?: "select" | "radio" | "reason";
  required?: boolean;
  initial?: string | number | boolean | null;
}

export default function SelectFieldView({
  props,
  emit,
  output,
  enabled,
  text,
}: ComponentProps<SelectFieldProps>) {
  const { look, label, ...rest } = props;
  const spec: FieldSpec = { ...rest, id: "value", kind: look ?? "select", label: label ?? text("label") };
  return <SingleField spec={spec} emit={emit} output={output} enabled={enabled} />;
}
