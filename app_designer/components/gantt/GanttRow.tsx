import { type ComponentProps, Lane, type LaneRow, meaningOf, signalMeta, type TimeWindow } from "@sdk";
import css from "./View.module.css";
import type { Zoom } from "./zoom";

/** The share (0 to 100) of the known time in states of a meaning; null where nothing is known. */
export function shareOfMeaning(row: Pick<LaneRow, "shares" | "signal">, meaning: string): number | null {
  let known = 0;
  let own = 0;
  for (const { key, duration_us } of row.shares) {
    if (key === null) continue;
    known += duration_us;
    if (meaningOf(signalMeta(row.signal), key) === meaning) own += duration_us;
  }
  return known > 0 ? Math.round((own / known) * 100) : null;
}

interface RowProps {
  row: LaneRow;
  window: TimeWindow;
  meaning: "running" | "idle" | "stopped" | "fault";
  text: ComponentProps["text"];
  zoom: Zoom;
}

/** One machine: its name, its lane, and how much of the known time it was in the state that is looked at. */
export function GanttRow({ row, window, meaning, text, zoom }: RowProps) {
  const share = shareOfMeaning(row, meaning);
  const word = text(meaning);
  const said = share === null ? "—" : text("share", { word, share: String(share) });
  return (
    <span className={css.row}>
      <span className={`${css.name} truncate`} title={row.name}>
        {row.name}
      </span>
      <span
        className={css.lane}
        onPointerDown={zoom.onPointerDown}
        onPointerMove={zoom.onPointerMove}
        onPointerUp={zoom.onPointerUp}
        onPointerCancel={zoom.onPointerCancel}
      >
        <Lane row={row} window={window} />
        {zoom.selection ? (
          <span
            className={css.selection}
            style={{
              insetInlineStart: `${zoom.selection.from * 100}%`,
              width: `${(zoom.selection.to - zoom.selection.from) * 100}%`,
            }}
          />
        ) : null}
      </span>
      <span className={css.share} title={said}>
        {share === null ? "—" : `${share} %`}
      </span>
    </span>
  );
}
