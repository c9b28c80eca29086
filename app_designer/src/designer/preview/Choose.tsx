import css from "./preview.module.css";

interface ChooseProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  set: (value: T) => void;
}

/** One of a few, with its label beside it. */
export function Choose<T extends string>({ label, value, options, set }: ChooseProps<T>) {
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
