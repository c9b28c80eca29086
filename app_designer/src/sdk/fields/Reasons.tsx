import { type CSSProperties, useState } from "react";
import type { Value } from "../api/types";
import { stateVariable } from "../chart/states";
import { useLocale } from "../context";
import { Icon, isIcon } from "../ui/Icon";
import { Button } from "../ui/primitives";
import { StateShape } from "../ui/StateShape";
import css from "./fields.module.css";
import { childrenOf, type FieldOption, optionKey, optionName } from "./options";
import { useFieldTexts } from "./texts";

interface ReasonsProps {
  label: string;
  options: readonly FieldOption[];
  value: Value;
  onPick: (option: FieldOption) => void;
  disabled?: boolean;
  describedBy?: string | undefined;
}

/** Large tiles to choose a reason from; a reason with others below it opens these first. */
export function Reasons({ label, options, value, onPick, disabled = false, describedBy }: ReasonsProps) {
  const { language } = useLocale();
  const t = useFieldTexts();
  const [group, setGroup] = useState<FieldOption | null>(null);
  const shown = childrenOf(options, group?.value);
  const chosen = options.find((option) => optionKey(option.value) === optionKey(value));
  const pick = (option: FieldOption) => {
    if (childrenOf(options, option.value).length > 0 && option.value !== null) setGroup(option);
    else onPick(option);
  };
  if (options.length === 0) return <p className={css.hint}>{t("no_options")}</p>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own frame and legend.
    <div className={css.reasons} role="group" aria-label={label} aria-describedby={describedBy}>
      {group ? (
        <span className={css.reasons_head}>
          <Button look="quiet" onClick={() => setGroup(null)}>
            <Icon name="back" />
            {t("back")}
          </Button>
          <strong className="truncate">{optionName(group, language)}</strong>
        </span>
      ) : null}
      <span className={css.tiles}>
        {shown.map((option) => (
          <ReasonTile
            key={optionKey(option.value)}
            option={option}
            opens={childrenOf(options, option.value).length > 0}
            pressed={
              optionKey(option.value) === optionKey(value) ||
              (chosen?.parent !== undefined && optionKey(chosen.parent) === optionKey(option.value))
            }
            disabled={disabled}
            onPress={() => pick(option)}
          />
        ))}
      </span>
    </div>
  );
}

interface TileProps {
  option: FieldOption;
  opens: boolean;
  pressed: boolean;
  disabled: boolean;
  onPress: () => void;
}

function ReasonTile({ option, opens, pressed, disabled, onPress }: TileProps) {
  const { language } = useLocale();
  const tone = option.tone ? stateVariable(option.tone) : null;
  const style = tone
    ? ({ "--ink": `var(${tone.text})`, "--fill": `var(${tone.fill})` } as CSSProperties)
    : {};
  const name = optionName(option, language);
  return (
    <button
      type="button"
      className={css.reason}
      style={style}
      data-toned={tone !== null}
      aria-pressed={pressed}
      disabled={disabled}
      title={name}
      onClick={onPress}
    >
      {tone ? <StateShape shape={tone.shape} /> : isIcon(option.icon) ? <Icon name={option.icon} /> : null}
      <span className={css.reason_name}>{name}</span>
      {pressed ? <Icon name="check" size={16} /> : opens ? <Icon name="chevron" size={16} /> : null}
    </button>
  );
}
