import { type DesignerText, useTexts } from "../i18n/texts";
import { COMMANDS } from "./commands";
import css from "./keys.module.css";

const CANVAS: readonly [DesignerText, string][] = [
  ["keys.move", "← ↑ → ↓"],
  ["keys.resize", "Shift + ← ↑ → ↓"],
  ["keys.neighbour", "Alt + ← ↑ → ↓"],
  ["keys.inside", "Enter, Esc"],
  ["keys.many", "Shift / Ctrl + click"],
  ["keys.pan", "Space + drag"],
  ["keys.exact", "Alt + drag"],
  ["canvas.menu", "Shift+F10"],
];

const EVERYWHERE: readonly [DesignerText, string][] = [
  ["bar.undo", "Ctrl+Z"],
  ["bar.redo", "Ctrl+Y"],
  ["keys.save", "Ctrl+S"],
  ["keys.find", "Ctrl+K"],
  ["keys.zoom", "Ctrl + / − / 0 / 1"],
];

/** Every key of the designer, so that nobody has to guess. */
export default function KeysPanel() {
  const text = useTexts();
  const commands = COMMANDS.filter((command) => command.keys).map((command): [DesignerText, string] => [
    command.label,
    command.keys ?? "",
  ]);
  return (
    <div className={css.keys}>
      <List title={text("keys.canvas")} rows={[...CANVAS, ...commands]} />
      <List title={text("keys.everywhere")} rows={EVERYWHERE} />
    </div>
  );
}

function List({ title, rows }: { title: string; rows: readonly [DesignerText, string][] }) {
  const text = useTexts();
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {rows.map(([label, keys]) => (
          <div key={`${label}${keys}`}>
            <dt>{text(label)}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
