import { useLocale } from "@sdk";
import type { ConfigProblem } from "@sdk/api/edge_configs";
import css from "./edge_config.module.css";
import { useConfigTexts } from "./texts";
import { problemText } from "./told";

interface ProblemsProps {
  problems: ConfigProblem[];
  /** Goes to a line of the text that is being written. */
  go?: (line: number) => void;
}

/** Everything that is wrong with a text, each at its line. */
export function Problems({ problems, go }: ProblemsProps) {
  const text = useConfigTexts();
  const { language } = useLocale();
  return (
    <ul className={css.problems}>
      {problems.map((one) => {
        const { line } = one;
        const place = line === null ? text("line_none") : text("line", { line: String(line) });
        return (
          <li key={`${one.code} ${one.path} ${line} ${one.message}`}>
            {line !== null && go ? (
              <button type="button" className={css.line} onClick={() => go(line)}>
                {place}
              </button>
            ) : (
              <span className={css.place}>{place}</span>
            )}
            <span title={one.code}>{problemText(one, text, language)}</span>
          </li>
        );
      })}
    </ul>
  );
}
