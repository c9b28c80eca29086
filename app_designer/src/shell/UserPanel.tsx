import { Button, Icon, useLocale } from "@sdk";
import { LANGUAGES } from "@sdk/i18n/catalogue";
import { chooseTheme, chosenTheme, type Theme } from "@sdk/theme";
import { useState } from "react";
import { useChooseLanguage } from "./locale";
import { usePreferences } from "./preferences";
import { useSession } from "./session";
import { useSettingsTexts } from "./settings_texts";
import css from "./shell.module.css";

const THEMES: Theme[] = ["light", "dark", "system"];
const LANGUAGE_NAMES = { en: "English", "zh-CN": "简体中文" } as const;

/** What the person who is signed in can choose here: appearance, language, settings, and to sign out. */
export default function UserPanel({ settings }: { settings: () => void }) {
  const { t, language } = useLocale();
  const { state, logout } = useSession();
  const choose = useChooseLanguage();
  const { change } = usePreferences();
  const settingsText = useSettingsTexts();
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const user = state.kind === "in" ? state.session.user : null;
  return (
    <section className={css.panel} aria-label={t("menu.user")}>
      <div className={css.who}>
        <strong className="truncate">{user?.name}</strong>
        <span>{user ? t(`menu.role.${user.role}`) : ""}</span>
      </div>
      <Choices
        name={t("menu.theme")}
        options={THEMES.map((option) => ({ id: option, label: t(`menu.theme.${option}`) }))}
        chosen={theme}
        choose={(option) => {
          chooseTheme(option);
          setTheme(option);
          change((before) => ({ ...before, theme: option === "system" ? "" : option }));
        }}
      />
      <Choices
        name={t("menu.language")}
        options={LANGUAGES.map((option) => ({ id: option, label: LANGUAGE_NAMES[option] }))}
        chosen={language}
        choose={(option) => {
          choose(option);
          change((before) => ({ ...before, language: option }));
        }}
      />
      <Button onClick={settings}>{settingsText("settings")}</Button>
      <Button onClick={() => void logout()}>{t("menu.logout")}</Button>
    </section>
  );
}

interface ChoicesProps<T extends string> {
  name: string;
  options: { id: T; label: string }[];
  chosen: T;
  choose: (option: T) => void;
}

function Choices<T extends string>({ name, options, chosen, choose }: ChoicesProps<T>) {
  return (
    <fieldset className={css.choices}>
      <legend>{name}</legend>
      {options.map((option) => (
        <button
          key={option.id}
          type="button"
          aria-pressed={option.id === chosen}
          onClick={() => choose(option.id)}
        >
          <span className={css.tick}>{option.id === chosen ? <Icon name="check" size={16} /> : null}</span>
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
