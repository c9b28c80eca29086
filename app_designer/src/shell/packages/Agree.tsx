import css from "./packages.module.css";

interface AgreeProps {
  name: string;
  label: string;
  checked: boolean;
  change: (checked: boolean) => void;
}

/** Something that has to be said before a package is taken. */
export function Agree({ name, label, checked, change }: AgreeProps) {
  return (
    <label className={css.check}>
      <input
        type="checkbox"
        name={name}
        checked={checked}
        onChange={(event) => change(event.target.checked)}
      />
      {label}
    </label>
  );
}
