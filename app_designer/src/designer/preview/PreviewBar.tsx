import { Button, Icon } from "@sdk";
import { DATA_MODES, type PreviewChoice, ROLES, SIZES } from "./choice";
import css from "./preview.module.css";
import { useTexts } from "./texts";

interface BarProps {
  choice: PreviewChoice;
  set: (change: Partial<PreviewChoice>) => void;
  close: () => void;
}

/** With which data, as whom, on which screen, in which language and theme. */
export function PreviewBar({ choice, set, close }: BarProps) {
  const text = useTexts();
  const themes = ["light", "dark"] as const;
  const languages = [
    { value: "en", label: "English" },
    { value: "zh-CN", label: "中文" },
  ] as const;
  return (
    <header className={css.bar}>
      <h2>{text("title")}</h2>
      <Choose
        label={text("data")}
        value={choice.data}
        options={DATA_MODES.map((value) => ({ value, label: text(`data_${value}`) }))}
        set={(data) => set({ data })}
      />
      <Choose
        label={text("role")}
        value={choice.role}
        options={ROLES.map((value) => ({ value, label: text(`role_${value}`) }))}
        set={(role) => set({ role })}
      />
      <Choose
        label={text("size")}
        value={choice.size}
        options={SIZES.map((value) => ({ value, label: text(`size_${value}`) }))}
        set={(size) => set({ size })}
      />
      <Choose
        label={text("language")}
        value={choice.language}
        options={languages}
        set={(language) => set({ language })}
      />
      <Choose
        label={text("theme")}
        value={choice.theme}
        options={themes.map((value) => ({ value, label: text(`theme_${value}`) }))}
        set={(theme) => set({ theme })}
      />
      <span className={css.note}>{text("note")}</span>
      <Button look="quiet" square aria-label={text("close")} title={text("close")} onClick={close}>
        <Icon name="close" />
      </Button>
    </header>
  );
}

interface ChooseProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  set: (value: T) => void;
}

function Choose<T extends string>({ label, value, options, set }: ChooseProps<T>) {
  return (
    <span className={css.choose}>
      <span aria-hidden="true">{label}</span>
      <select
        aria-label={label}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) set(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </span>
  );
}
