import { type ComponentProps, type DayRow, type Reading, useLocale } from "@sdk";
import type { CSSProperties } from "react";
import css from "./View.module.css";

interface GridProps {
  rows: readonly DayRow[];
  title: string;
  format: Reading["format"];
  text: ComponentProps["text"];
  note: string;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** From this share on a cell is dark enough for light text. */
const STRONG = 0.55;

/** Days as rows, hours as columns: a table for a screen reader, colours for everybody else. */
export function Grid({ rows, title, format, text, note }: GridProps) {
  const { language } = useLocale();
  const values = rows.flatMap((row) =>
    row.hours.flatMap((cell) => (cell.value === null ? [] : [cell.value])),
  );
  const min = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const max = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const dayName = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", timeZone: "UTC" });
  return (
    <span className={css.heat}>
      <table className={css.table} aria-label={title}>
        <thead>
          <tr>
            <th scope="col" className={css.day}>
              <span className="visually-hidden">{text("day")}</span>
            </th>
            {HOURS.map((hour) => (
              <th key={hour} scope="col" className={css.hour}>
                <span data-step={hour % 6 === 0 ? 6 : hour % 3 === 0 ? 3 : 1}>{hour}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            // The middle of the day is in the same date in every zone near the site's.
            const day = dayName.format(new Date((row.day + 12 * 3.6e9) / 1000));
            return (
              <tr key={row.day}>
                <th scope="row" className={css.day}>
                  {day}
                </th>
                {row.hours.map((cell) => {
                  const shown = format(cell.value);
                  const share = cell.value === null || max === min ? 0.5 : (cell.value - min) / (max - min);
                  const said = `${shown.text} ${cell.value === null ? "" : shown.unit}`.trim();
                  return (
                    <td
                      key={cell.hour}
                      className={css.cell}
                      data-none={cell.value === null}
                      data-strong={share > STRONG}
                      style={{ "--share": `${Math.round(10 + share * 90)}%` } as CSSProperties}
                      title={text("cell", { day, hour: String(cell.hour), value: said })}
                    >
                      <span>{shown.text}</span>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      <span className={css.foot}>
        <span className={css.key}>
          {text("low")} {format(min).text}
          <span className={css.ramp} />
          {text("high")} {format(max).text} {format(max).unit}
        </span>
        {note ? (
          <span className="truncate" title={note}>
            {note}
          </span>
        ) : null}
      </span>
    </span>
  );
}
