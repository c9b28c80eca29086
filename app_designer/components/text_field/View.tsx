import { type ComponentProps, type FieldSpec, type LocalText, SingleField } from "@sdk";

export interface TextFieldProps {
  label?: LocalText;
  help?: LocalText;
  placeholder?: LocalText;
  required?: boolean;
  multiline?: boolean;
  max_length?: number;
  initial?: string;
}

export default function TextFieldView({
  props,
  emit,
  output,
  enabled,
  text,
}: ComponentProps<TextFieldProps>) {
  const { multiline, label, ...rest } = props;
  const spec: FieldSpec = {
    ...rest,
    id: "value",
    kind: multiline ? "multiline" : "text",
    label: label ?? text("label"),
  };
  return <SingleField spec={spec} emit={emit} output={output} enabled={enabled} />;
}
