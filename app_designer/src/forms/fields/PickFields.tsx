import { Icon, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { chosenFiles } from "@sdk/ui/chosen_files";
import { ICON_NAMES, isIcon } from "@sdk/ui/Icon";
import { useState } from "react";
import { Combobox } from "../Combobox";
import { type Choice, useChoices } from "../choices";
import { controlAttributes, type FieldProps } from "../field_props";
import css from "../forms.module.css";
import { typeName, widgetOf } from "../schema";
import { useFormTexts } from "../texts";

/** A page, asset, asset type or role, chosen by name. */
export function ReferenceField(field: FieldProps) {
  const choices = useChoices();
  const widget = widgetOf(field.schema);
  const kind = ["page", "asset", "asset_type", "role"].includes(widget) ? widget : typeName(field.schema);
  const lists: Record<string, readonly Choice[]> = {
    page: choices.pages,
    asset: choices.assets,
    asset_type: choices.assetTypes,
    role: choices.roles,
  };
  return (
    <Combobox
      id={field.id}
      label={field.label}
      choices={lists[kind ?? ""] ?? []}
      value={typeof field.value === "string" ? field.value : null}
      onChange={(value) => field.onChange(value ?? undefined)}
      disabled={field.disabled}
      describedBy={field.describedBy}
    />
  );
}

export function IconField(field: FieldProps) {
  const t = useFormTexts();
  const [open, setOpen] = useState(false);
  const chosen = typeof field.value === "string" ? field.value : "";
  const choose = (name: string | undefined) => {
    field.onChange(name);
    setOpen(false);
  };
  return (
    <div className={css.iconField}>
      <button
        {...controlAttributes(field)}
        type="button"
        className={css.pick}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {isIcon(chosen) ? <Icon name={chosen} size={18} /> : null}
        <span className="truncate">{chosen || t("icon.none")}</span>
        <Icon name="chevron" size={14} />
      </button>
      {open ? (
        <div className={css.icons}>
          <button
            type="button"
            className={css.iconChoice}
            title={t("icon.none")}
            aria-label={t("icon.none")}
            onClick={() => choose(undefined)}
          >
            <Icon name="close" size={18} />
          </button>
          {ICON_NAMES.map((name) => (
            <button
              key={name}
              type="button"
              className={css.iconChoice}
              aria-pressed={name === chosen}
              aria-label={name}
              title={name}
              onClick={() => choose(name)}
            >
              <Icon name={name} size={18} />
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** A picture of the media library; a new one may be added where the library allows it. */
export function MediaField(field: FieldProps) {
  const t = useFormTexts();
  const { t: shared } = useLocale();
  const { media } = useChoices();
  const [problem, setProblem] = useState("");
  const chosen = typeof field.value === "string" ? field.value : "";
  const upload = async (file: File | undefined) => {
    if (!file || !media.upload) return;
    setProblem("");
    try {
      field.onChange(await media.upload(file));
    } catch (error) {
      setProblem(describeError(error, shared));
    }
  };
  return (
    <div className={css.media} id={field.id}>
      <div className={css.pictures}>
        {media.names.map((name) => (
          <button
            key={name}
            type="button"
            className={css.picture}
            disabled={field.disabled}
            aria-pressed={name === chosen}
            aria-label={`${t("media.choose")} ${name.slice(0, 8)}`}
            onClick={() => field.onChange(name === chosen ? undefined : name)}
          >
            <img src={media.url(name)} alt="" loading="lazy" />
          </button>
        ))}
        {media.names.length === 0 ? <span className={css.help}>{t("media.none")}</span> : null}
      </div>
      {media.upload ? (
        <label className={css.fileButton}>
          <Icon name="plus" size={16} />
          {t("media.upload")}
          <input
            type="file"
            className="visually-hidden"
            accept="image/svg+xml,image/png,image/jpeg,image/webp"
            disabled={field.disabled}
            onChange={(event) => void upload(chosenFiles(event.target)[0])}
          />
        </label>
      ) : null}
      {problem ? (
        <span className={css.problem} role="alert">
          {problem}
        </span>
      ) : null}
    </div>
  );
}
