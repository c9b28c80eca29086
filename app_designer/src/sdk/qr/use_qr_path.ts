import { useMemo } from "react";
import { late } from "../late";
import { useLate } from "../late_component";
import type { QrPath } from "./path";

const encoder = late(() => import("./path"));

/**
 * The QR code of a text; null where it is empty or too long, undefined until the encoder is here, which is fetched with the
 * first code drawn.
 */
export function useQrPath(text: string): QrPath | null | undefined {
  const qrPath = useLate(encoder)?.qrPath;
  return useMemo(() => (text === "" ? null : qrPath?.(text)), [qrPath, text]);
}
