import { localText, useLocale } from "@sdk";
import { LANGUAGES, type Language } from "@sdk/i18n/catalogue";
import { useState } from "react";
import { controlAttributes, type FieldProps } from "../field_props";
import css from "../forms.module.css";
import { typeName, widgetOf } from "../schema";
import { useFormTexts } from "../texts";

type Words = Record<string, string>;

/** The texts of a value by language; a plain string is that of every language, kept under English. */
export function wordsOf(value: unknown): Words {
  if (typeof value === "string") return value === "" ? {} : { en: value };
  return typeof value === "object" && value !== null ? { ...(value as Words) } : {};
}

/** The value after the text of one language changed; without any text left it is taken away. */
export function withWord(value: unknown, language: string, text: string): Words | undefined {
  const words = wordsOf(value);
  if (text === "") delete words[language];
  else words[language] = text;
  return Object.keys(words).length > 0 ? words : undefined;
}

const placeholderOf = (field: FieldProps, language: Language): string => {
  const given = field.schema["x-ui"]?.placeholder;
  return given ? localText(given, language) : localText(field.schema.default as string | Words, language);
};

/** A text: of one value, or of each language where the property is `interlock:types#/text`. */
export function TextField(field: FieldProps) {
  const local = typeName(field.schema) === "text" || field.schema.anyOf !== undefined;
  return local ? <LocalTextField {...field} /> : <PlainTextField {...field} />;
}

function PlainTextField(field: FieldProps) {
  const { language } = useLocale();
  const widget = widgetOf(field.schema);
  return (
    <TextControl
      field={field}
      text={typeof field.value === "string" ? field.value : ""}
      placeholder={placeholderOf(field, language)}
      multiline={widget === "multiline" || widget === "markdown"}
      onText={(text) => field.onChange(text === "" ? undefined : text, true)}
    />
  );
}

function LocalTextField(field: FieldProps) {
  const { language } = useLocale();
  const t = useFormTexts();
  const [side, setSide] = useState<Language>(language);
  const words = wordsOf(field.value);
  const widget = widgetOf(field.schema);
  return (
    <div className={css.local}>
      <TextControl
        field={field}
        text={words[side] ?? ""}
        lang={side}
        placeholder={words[side] ? "" : localText(field.value as Words, side) || placeholderOf(field, side)}
        multiline={widget === "multiline" || widget === "markdown"}
        onText={(text) => field.onChange(withWord(field.value, side, text), true)}
      />
      <fieldset className={css.sides}>
        <legend className="visually-hidden">{field.label}</legend>
        {LANGUAGES.map((one) => {
          const missing = Object.keys(words).length > 0 && !words[one];
          const name = t(`language.${one}`);
          return (
            <button
              key={one}
              type="button"
              className={css.side}
              aria-pressed={side === one}
              data-missing={missing}
              aria-label={`${t(`mark.${one}`)} ${missing ? t("missing_text", { language: name }) : name}`}
              title={missing ? t("missing_text", { language: name }) : name}
              onClick={() => setSide(one)}
            >
              {t(`mark.${one}`)}
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}

interface ControlProps {
  field: FieldProps;
  text: string;
  placeholder: string;
  multiline: boolean;
  lang?: string;
  onText: (text: string) => void;
}

function TextControl({ field, text, placeholder, multiline, lang, onText }: ControlProps) {
  const shared = {
    ...controlAttributes(field),
    value: text,
    placeholder,
    lang,
    maxLength: field.schema.maxLength ?? 2000,
    className: css.input,
  };
  return multiline ? (
    <textarea {...shared} rows={4} onChange={(event) => onText(event.target.value)} />
  ) : (
    <input {...shared} type="text" autoComplete="off" onChange={(event) => onText(event.target.value)} />
  );
}
