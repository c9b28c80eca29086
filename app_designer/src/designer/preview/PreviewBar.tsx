import { Button, Icon } from "@sdk";
import { Choose } from "./Choose";
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
