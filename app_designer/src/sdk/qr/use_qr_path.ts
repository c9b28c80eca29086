import { useMemo } from "react";
import { late } from "../late";
import type { QrPath } from "./path";

const encoder = late(() => import("./path"));

/** The QR code of a text; null where it is empty or too long. The encoder is fetched with the first code drawn. */
export function useQrPath(text: string): QrPath | null {
  const qrPath = text === "" ? null : encoder.now().qrPath;
  return useMemo(() => qrPath?.(text) ?? null, [qrPath, text]);
}
