import type { AppSummary } from "@sdk/api/types";

/** The number of the release people get now; empty where there is none. */
export function releaseOf(app: AppSummary): string {
  const { release } = app;
  if (typeof release === "number") return String(release);
  return release ? String(release.no) : "";
}
