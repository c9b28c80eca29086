import { Combobox } from "@forms/Combobox";
import { useChoices } from "@forms/choices";
import { TextField } from "@forms/fields/TextField";
import { freeId } from "@forms/ids";
import { Icon, localText, useLocale } from "@sdk";
import { useId } from "react";
import type { CompositeDocument, CompositeParam } from "../../generated/documents.gen";
import { canvasPath } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import { useBlockTexts } from "./block_texts";
import { CanvasFields, Labelled } from "./CanvasFields";
import { useChange } from "./edit";
import css from "./inspector.module.css";
import { Section } from "./Section";
import { useInspectorTexts } from "./texts";

/** The settings of a block of the app while its inside is open. */
export function BlockPanel() {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const words = useBlockTexts();
  const id = useId();
  const change = useChange();
  const canvas = useDesigner((state) => state.canvas);
  const block = useDesigner((state) => state.draft.blocks[state.canvas.slice("block:".length)]);
  const { assetTypes } = useChoices();
  if (!block) return null;
  const path = canvasPath(canvas);
  const set = (name: string, value: unknown, typing = false) =>
    change(
      t("change.prop", { name }),
      [{ path: [...path, name], value }],
      typing ? `${canvas}:${name}` : undefined,
    );
  return (
    <>
      <header className={css.header}>
        <div className={css.headerRow}>
          <span className={css.blockIcon}>
            <Icon name="apps" />
          </span>
          <h2 className="truncate">{localText(block.name, language)}</h2>
        </div>
        <p className={css.note}>{words("hint", { version: String(block.version) })}</p>
      </header>
      <Section id="block" title={words("settings")}>
        <Labelled label={t("name")} htmlFor={`${id}name`}>
          <TextField
            id={`${id}name`}
            label={t("name")}
            schema={{ $ref: "interlock:types#/text" }}
            value={block.name}
            onChange={(value, typing) => value !== undefined && set("name", value, typing)}
          />
        </Labelled>
        <Labelled label={words("note")} htmlFor={`${id}note`}>
          <TextField
            id={`${id}note`}
            label={words("note")}
            schema={{ type: "string", maxLength: 500, "x-ui": { widget: "multiline" } }}
            value={block.note}
            onChange={(value, typing) => set("note", value, typing)}
          />
        </Labelled>
        <Labelled label={words("faceplate")}>
          <Combobox
            label={words("faceplate")}
            placeholder={words("faceplate_none")}
            choices={assetTypes}
            value={block.faceplate_of ?? null}
            onChange={(value) => set("faceplate_of", value ?? undefined)}
          />
        </Labelled>
        <CanvasFields />
      </Section>
      <Section id="block_params" title={t("page.params")} count={Object.keys(block.params ?? {}).length}>
        <BlockParams
          block={block}
          onChange={(name, param, typing) =>
            change(
              t("change.prop", { name }),
              [{ path: [...path, "params", name], value: param }],
              typing ? `${canvas}:p:${name}` : undefined,
            )
          }
        />
      </Section>
    </>
  );
}

interface ParamsProps {
  block: CompositeDocument;
  onChange: (name: string, param: CompositeParam | undefined, typing?: boolean) => void;
}

const TYPES = ["asset", "text", "number", "boolean"] as const;

function BlockParams({ block, onChange }: ParamsProps) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const words = useBlockTexts();
  const id = useId();
  const params = Object.entries(block.params ?? {});
  const add = () => {
    const name = freeId(params.length === 0 ? "machine" : "param", new Set(Object.keys(block.params ?? {})));
    onChange(name, {
      type: params.length === 0 ? "asset" : "text",
      label: params.length === 0 ? { en: "Machine", "zh-CN": "设备" } : { en: name },
    });
  };
  return (
    <div className={css.list}>
      <p className={css.note}>{words("params_hint")}</p>
      {params.map(([name, param]) => {
        const title = localText(param.label, language) || name;
        return (
          <fieldset key={name} className={css.action}>
            <legend className="visually-hidden">{title}</legend>
            <div className={css.actionHead}>
              <strong className="truncate">{title}</strong>
              <button
                type="button"
                className={css.tiny}
                aria-label={t("page.param_remove", { name: title })}
                title={t("page.param_remove", { name: title })}
                onClick={() => onChange(name, undefined)}
              >
                <Icon name="trash" size={14} />
              </button>
            </div>
            <label className={css.label} htmlFor={id + name}>
              {t("page.param_label")}
            </label>
            <TextField
              id={id + name}
              label={t("page.param_label")}
              schema={{ $ref: "interlock:types#/text" }}
              value={param.label}
              onChange={(value, typing) =>
                value !== undefined &&
                onChange(name, { ...param, label: value as Record<string, string> }, typing)
              }
            />
            <label className={css.field}>
              <span className={css.label}>{t("page.param_type")}</span>
              <select
                className={css.input}
                value={param.type}
                onChange={(event) =>
                  onChange(name, { type: event.target.value as CompositeParam["type"], label: param.label })
                }
              >
                {TYPES.map((type) => (
                  <option key={type} value={type}>
                    {type === "boolean" ? words("boolean") : t(`page.param_type.${type}`)}
                  </option>
                ))}
              </select>
            </label>
          </fieldset>
        );
      })}
      <button type="button" className={css.add} onClick={add}>
        <Icon name="plus" size={14} />
        {t("page.param_add")}
      </button>
    </div>
  );
}
