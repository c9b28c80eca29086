import { Icon } from "@sdk";
import { useEffect, useId, useRef, useState } from "react";
import css from "./choose.module.css";
import { useRuntimeTexts } from "./i18n/texts";
import type { Choice } from "./params";

interface ChooseProps {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChoose: (value: string) => void;
  compact: boolean;
}

const SEARCH_ABOVE = 7;
const BESIDE_MAX = 5;
const LETTERS_MAX = 48;
const LETTERS_MAX_PHONE = 26;

/** One of several: side by side while they fit, then a list, and a list with a search when they are many. */
export function Choose(props: ChooseProps) {
  const { choices, compact } = props;
  const letters = choices.reduce((sum, { label }) => sum + label.length, 0);
  const beside = choices.length <= BESIDE_MAX && letters <= (compact ? LETTERS_MAX_PHONE : LETTERS_MAX);
  if (beside) return <Beside {...props} />;
  return choices.length > SEARCH_ABOVE ? <Searched {...props} /> : <Listed {...props} />;
}

function Beside({ label, choices, value, onChoose }: ChooseProps) {
  const t = useRuntimeTexts();
  return (
    <fieldset className={css.segments}>
      <legend className="visually-hidden">{t("head.choose", { name: label })}</legend>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          className={css.segment}
          aria-pressed={value === choice.value}
          onClick={() => onChoose(choice.value)}
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  );
}

function Listed({ label, choices, value, onChoose }: ChooseProps) {
  return (
    <select
      className={css.select}
      aria-label={label}
      value={value}
      onChange={(event) => onChoose(event.target.value)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

function matching(choices: readonly Choice[], text: string): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter(({ label, value }) => {
    const name = `${label} ${value}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}

function Searched({ label, choices, value, onChoose }: ChooseProps) {
  const t = useRuntimeTexts();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const current = choices.find((choice) => choice.value === value)?.label ?? t("head.none");
  useEffect(() => {
    if (!open) return;
    const press = (event: PointerEvent) => !box.current?.contains(event.target as Node) && setOpen(false);
    document.addEventListener("pointerdown", press);
    return () => document.removeEventListener("pointerdown", press);
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div ref={box} className={css.searched}>
      <button
        ref={button}
        type="button"
        className={css.select}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-label={`${label}: ${current}`}
        onClick={() => setOpen(!open)}
      >
        <span className="truncate">{current}</span>
        <Icon name="down" size={16} />
      </button>
      {open ? (
        <Popup
          label={label}
          choices={choices}
          value={value}
          close={close}
          onChoose={(next) => {
            onChoose(next);
            close();
          }}
        />
      ) : null}
    </div>
  );
}

type PopupProps = Omit<ChooseProps, "compact"> & { close: () => void };

function Popup({ label, choices, value, onChoose, close }: PopupProps) {
  const t = useRuntimeTexts();
  const [text, setText] = useState("");
  const found = matching(choices, text);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      choices.findIndex((choice) => choice.value === value),
    ),
  );
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => search.current?.focus(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whichever is active comes into view.
  useEffect(() => {
    list.current?.querySelector('[data-active="true"]')?.scrollIntoView?.({ block: "nearest" });
  }, [active, text]);
  const key = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    const chosen = found[active];
    if (step !== undefined) setActive(Math.min(found.length - 1, Math.max(0, active + step)));
    else if (event.key === "Enter" && chosen) onChoose(chosen.value);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={css.popup}>
      <input
        ref={search}
        className={css.search}
        type="search"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
        aria-label={`${t("head.search")}: ${label}`}
        placeholder={t("head.search")}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={key}
      />
      <div ref={list} id={id} role="listbox" aria-label={label} className={css.list}>
        {found.map((choice, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the search field takes the keys for the whole list.
          // biome-ignore lint/a11y/useFocusableInteractive: the list is walked from the search field.
          <div
            key={choice.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={choice.value === value}
            data-active={index === active}
            className={`${css.option} truncate`}
            title={choice.label}
            onClick={() => onChoose(choice.value)}
          >
            {choice.label}
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className={css.nothing}>{t("head.nothing_found")}</p> : null}
    </div>
  );
}
