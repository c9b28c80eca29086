import { Icon } from "@sdk";
import { useEffect, useId, useRef, useState } from "react";
import type { Choice } from "./choices";
import combo from "./combobox.module.css";
import css from "./forms.module.css";
import { useFormTexts } from "./texts";

const SHOWN_MAX = 100;

interface ComboboxProps {
  id?: string;
  label: string;
  choices: readonly Choice[];
  value: string | null;
  /** null takes the choice away. */
  onChange: (value: string | null) => void;
  disabled?: boolean | undefined;
  describedBy?: string | undefined;
  placeholder?: string;
  /** Whether nothing may be chosen. */
  clearable?: boolean;
  /** Makes a new entry of what was typed, where that is possible. */
  onNew?: (text: string) => void;
  newLabel?: (text: string) => string;
}

/** The choices that contain every word of the search, in name, id or second line. */
export function matching(choices: readonly Choice[], search: string): Choice[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter((choice) => {
    const text = `${choice.label} ${choice.value} ${choice.hint ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** A box that hears when something outside of it is pressed. */
function useOutside(listening: boolean, leave: () => void) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(leave);
  latest.current = leave;
  useEffect(() => {
    if (!listening) return;
    const away = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) latest.current();
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [listening]);
  return box;
}

/** No id begins with a blank, so this is none. */
const NEW = " new";

/** What is offered for a search: what matches, and after it the making of a new entry. */
function offered({ choices, onNew, newLabel }: ComboboxProps, search: string | null): Choice[] {
  if (search === null) return [];
  const found = matching(choices, search).slice(0, SHOWN_MAX);
  const text = search.trim();
  if (!onNew || text === "" || found.some((choice) => choice.label === text || choice.value === text))
    return found;
  return [...found, { value: NEW, label: newLabel?.(text) ?? text }];
}

/** One choice of many, found by typing; arrows, Enter and Escape do all that the mouse does. */
export function Combobox(props: ComboboxProps) {
  const { choices, value, onChange, clearable = true } = props;
  const t = useFormTexts();
  const own = useId();
  const id = props.id ?? own;
  const [search, setSearch] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const box = useOutside(search !== null, () => setSearch(null));
  const chosen = choices.find((choice) => choice.value === value);
  const found = offered(props, search);
  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    if (choice.value === NEW) props.onNew?.(search?.trim() ?? "");
    else onChange(choice.value);
    setSearch(null);
  };
  const press = (event: React.KeyboardEvent) => {
    if (event.key === "Escape" && search !== null) {
      event.stopPropagation();
      setSearch(null);
    } else if (event.key === "Enter" && search !== null) {
      event.preventDefault();
      choose(found[active]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (search === null) setSearch("");
      else
        setActive((at) => Math.max(0, Math.min(found.length - 1, at + (event.key === "ArrowDown" ? 1 : -1))));
    }
  };
  return (
    <div className={combo.combo} ref={box}>
      <input
        id={id}
        className={css.input}
        role="combobox"
        aria-label={props.id ? undefined : props.label}
        aria-expanded={search !== null}
        aria-controls={`${id}list`}
        aria-autocomplete="list"
        aria-activedescendant={search !== null && found[active] ? `${id}o${active}` : undefined}
        aria-describedby={props.describedBy}
        autoComplete="off"
        disabled={props.disabled}
        placeholder={props.placeholder ?? t("choose")}
        value={search ?? chosen?.label ?? value ?? ""}
        onFocus={(event) => event.target.select()}
        onClick={() => setSearch((before) => before ?? "")}
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={press}
        onBlur={(event) => {
          if (!box.current?.contains(event.relatedTarget)) setSearch(null);
        }}
      />
      {clearable && value !== null && search === null && !props.disabled ? (
        <button
          type="button"
          className={combo.clear}
          aria-label={t("clear")}
          title={t("clear")}
          onClick={() => onChange(null)}
        >
          <Icon name="close" size={14} />
        </button>
      ) : null}
      {search !== null ? (
        <Options id={id} label={props.label} found={found} active={active} value={value} choose={choose} />
      ) : null}
    </div>
  );
}

interface OptionsProps {
  id: string;
  label: string;
  found: readonly Choice[];
  active: number;
  value: string | null;
  choose: (choice: Choice) => void;
}

function Options({ id, label, found, active, value, choose }: OptionsProps) {
  const t = useFormTexts();
  return (
    <div className={combo.options} id={`${id}list`} role="listbox" aria-label={label}>
      {found.map((choice, index) => (
        <Option
          key={choice.value}
          id={`${id}o${index}`}
          choice={choice}
          active={index === active}
          chosen={choice.value === value}
          choose={choose}
        />
      ))}
      {found.length === 0 ? <div className={css.help}>{t("nothing_found")}</div> : null}
    </div>
  );
}

interface OptionProps {
  id: string;
  choice: Choice;
  active: boolean;
  chosen: boolean;
  choose: (choice: Choice) => void;
}

function Option({ id, choice, active, chosen, choose }: OptionProps) {
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      data-active={active}
      className={combo.option}
      onPointerDown={(event) => {
        event.preventDefault();
        choose(choice);
      }}
    >
      <span className="truncate">{choice.label}</span>
      {choice.hint ? <span className={`${combo.hint} truncate`}>{choice.hint}</span> : null}
    </div>
  );
}
