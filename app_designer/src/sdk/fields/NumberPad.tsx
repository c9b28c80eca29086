import { Icon } from "../ui/Icon";
import css from "./fields.module.css";
import { useFieldTexts } from "./texts";

const DIGITS = ["7", "8", "9", "4", "5", "6", "1", "2", "3"];
const LENGTH_MAX = 16;

interface PadProps {
  text: string;
  onText: (text: string) => void;
  /** False for whole numbers. */
  decimals?: boolean;
  negative?: boolean;
  disabled?: boolean;
}

/** What a key makes of the typed text; a second point or too many digits change nothing. */
export function padText(text: string, key: string): string {
  if (key === "clear") return "";
  if (key === "delete") return text.slice(0, -1);
  if (key === "sign") return text.startsWith("-") ? text.slice(1) : `-${text}`;
  if (key === "." && text.includes(".")) return text;
  if (text.length >= LENGTH_MAX) return text;
  if (key === "." && (text === "" || text === "-")) return `${text}0.`;
  return text === "0" && key !== "." ? key : text + key;
}

/** Large keys for digits: for gloves, and where there is no keyboard. */
export function NumberPad({ text, onText, decimals = true, negative = true, disabled = false }: PadProps) {
  const t = useFieldTexts();
  const press = (key: string) => () => onText(padText(text, key));
  const key = (name: string, label?: string) => (
    <button
      key={name}
      type="button"
      className={css.key}
      disabled={disabled}
      aria-label={label}
      onClick={press(name)}
    >
      {name === "delete" ? <Icon name="back" /> : name === "sign" ? "±" : name === "clear" ? "C" : name}
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its own frame and legend.
    <div className={css.pad} role="group" aria-label={t("pad")}>
      {DIGITS.map((digit) => key(digit))}
      {negative ? key("sign", t("sign")) : key("clear", t("clear"))}
      {key("0")}
      {decimals ? key(".") : key("delete", t("delete"))}
      {negative || decimals ? (
        <span className={css.pad_row}>
          {negative ? key("clear", t("clear")) : null}
          {decimals ? key("delete", t("delete")) : null}
        </span>
      ) : null}
    </div>
  );
}
