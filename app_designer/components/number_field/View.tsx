import { type ComponentProps, type FieldSpec, type LocalText, SingleField } from "@sdk";

export interface NumberFieldProps {
  label?: LocalText;
  help?: LocalText;
  unit?: string;
  min?: number;
  max?: number;
  step?: number;
  decimals?: number;
  required?: boolean;
  initial?: number;
}

export default function NumberFieldView({
  props,
  emit,
  output,
  enabled,
  text,
}: ComponentProps<NumberFieldProps>) {
  const spec: FieldSpec = {
    ...props,
    id: "value",
    kind: props.decimals === 0 ? "integer" : "number",
    label: props.label ?? text("label"),
  };
  return <SingleField spec={spec} emit={emit} output={output} enabled={enabled} />;
}
