import type { Transform } from "../../generated/documents.gen";
import type { ExplainTranslate } from "./texts";

const TABLE_MAX = 8;

/** What a step of a binding does, in words. */
export function transformWords(transform: Transform, t: ExplainTranslate): string {
  const { op } = transform;
  if (op === "scale") {
    const { factor, offset } = transform;
    return t("step_scale", { factor: String(factor ?? 1), offset: String(offset ?? 0) });
  }
  if (op === "clamp") {
    return t("step_clamp", { min: String(transform.min ?? "−∞"), max: String(transform.max ?? "∞") });
  }
  if (op === "map") {
    const rows = Object.entries(transform.table ?? {});
    const shown = rows.slice(0, TABLE_MAX).map(([from, to]) => `${from} → ${String(to)}`);
    return t("step_map", { table: shown.join(", ") + (rows.length > TABLE_MAX ? ", …" : "") });
  }
  return t("step_round", { n: String(transform.decimals ?? 0) });
}
