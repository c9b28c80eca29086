import type { RefObject } from "react";
import css from "./edge_config.module.css";
import { useConfigTexts } from "./texts";

const ROWS_LEAST = 8;

interface TextEditorProps {
  field: RefObject<HTMLTextAreaElement | null>;
  value: string;
  wrong: ReadonlySet<number>;
  change: (text: string) => void;
}

/** The text with the numbers of its lines; those with a problem are marked. */
export function TextEditor({ field, value, wrong, change }: TextEditorProps) {
  const text = useConfigTexts();
  const lines = Math.max(ROWS_LEAST, value.split("\n").length);
  return (
    <div className={css.editor}>
      <div className={css.gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, at) => at + 1).map((line) => (
          <span key={line} data-wrong={wrong.has(line)}>
            {wrong.has(line) ? `! ${line}` : line}
          </span>
        ))}
      </div>
      <textarea
        ref={field}
        name="text"
        rows={lines}
        value={value}
        wrap="off"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        aria-label={text("text")}
        aria-invalid={wrong.size > 0}
        onChange={(event) => change(event.target.value)}
      />
    </div>
  );
}

/** Puts the caret at a line, counted from 1, and the line into view. */
export function goToLine(area: HTMLTextAreaElement, line: number): void {
  const before = area.value.split("\n").slice(0, line - 1);
  const start = before.reduce((sum, one) => sum + one.length + 1, 0);
  const end = area.value.indexOf("\n", start);
  area.focus();
  area.setSelectionRange(start, end < 0 ? area.value.length : end);
  const height = area.clientHeight / Math.max(1, area.rows);
  area.parentElement?.scrollTo({ top: Math.max(0, (line - 3) * height) });
}
