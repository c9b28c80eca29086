import type { Value } from "../api/types";
import type { Sample } from "../quality";

/** What comes down `/api/v1/live` (subprotocol interlock.live.1). Arrays of one message belong together by index. */
export interface ValuesMessage {
  type: "snap" | "data";
  now: number;
  id: number[];
  v: Value[];
  q: number[];
  ts: number[];
  fresh: (0 | 1 | 2)[];
  good?: ([Value, number] | null)[];
}
export type DownMessage =
  | ValuesMessage
  | { type: "gap"; id: number[] }
  | { type: "err"; code: string; message: string }
  | { type: "beat"; now: number }
  | { type: "pong" };

/** Rows of a message as samples. A row with a missing column is left out, never guessed. */
export function samplesOf(message: ValuesMessage): [number, Sample][] {
  const rows: [number, Sample][] = [];
  message.id.forEach((id, index) => {
    const q = message.q[index];
    const ts = message.ts[index];
    const v = message.v[index];
    if (q === undefined || ts === undefined || v === undefined) return;
    const good = message.good?.[index];
    rows.push([
      id,
      { v, q, ts, fresh: message.fresh[index] ?? 0, good: good ? { v: good[0], ts: good[1] } : null },
    ]);
  });
  return rows;
}
