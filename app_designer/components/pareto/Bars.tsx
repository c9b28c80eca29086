import type { ComponentProps } from "@sdk";
import type { CSSProperties } from "react";
import type { Ranked } from "./ranking";
import css from "./View.module.css";

interface BarsProps {
  rows: readonly Ranked[];
  line: boolean;
  format: (value: number) => string;
  text: ComponentProps["text"];
  note: string;
}

const whole = (share: number) => String(Math.round(share * 100));

/** Bars from the top down, and a line of how much they make up together. */
export function Bars({ rows, line, format, text, note }: BarsProps) {
  const most = Math.max(...rows.map((row) => row.value));
  const total = rows.reduce((sum, row) => sum + row.value, 0);
  const points = rows.map(
    (row, index) => `${(row.together * 100).toFixed(2)},${((index + 0.5) / rows.length) * 100}`,
  );
  return (
    <span className={css.pareto}>
      <ul className={css.rows} style={{ "--rows": rows.length } as CSSProperties}>
        {rows.map((row) => {
          const values = {
            name: row.name,
            value: format(row.value),
            share: whole(row.share),
            sum: whole(row.together),
          };
          return (
            <li key={row.key} className={css.row} title={text("row", values)}>
              <span className={`${css.name} truncate`}>{row.name}</span>
              <span className={css.bar} aria-hidden="true">
                <span className={css.fill} style={{ width: `${(row.value / most) * 100}%` }} />
              </span>
              <span className={`${css.value} truncate`}>{values.value}</span>
              {line ? <span className={css.sum}>{values.sum} %</span> : null}
            </li>
          );
        })}
        {line ? (
          <li className={css.line} aria-hidden="true">
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
              <polyline points={points.join(" ")} />
            </svg>
            {rows.map((row, index) => (
              <span
                key={row.key}
                className={css.dot}
                style={{
                  insetInlineStart: `${row.together * 100}%`,
                  top: `${((index + 0.5) / rows.length) * 100}%`,
                }}
              />
            ))}
          </li>
        ) : null}
      </ul>
      <span className={css.foot}>
        <span>{text("total", { value: format(total) })}</span>
        {note ? (
          <span className={css.note} data-state="bad">
            {note}
          </span>
        ) : null}
      </span>
    </span>
  );
}
