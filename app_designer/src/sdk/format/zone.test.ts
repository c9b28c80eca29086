import { afterEach, describe, expect, it } from "vitest";
import { resolveRange } from "../range";
import { formatAxisTime, formatMoment } from "./time";
import { foreignZone, momentOf, setSiteZone, siteZone, wallTime } from "./zone";

const at = (iso: string) => Date.parse(iso) * 1000;
const iso = (us: number) => new Date(us / 1000).toISOString();

describe("the site's zone", () => {
  afterEach(() => setSiteZone(null));

  it("rules the shift and the day", () => {
    setSiteZone("Asia/Shanghai");
    const now = at("2026-11-23T01:30:00Z"); // 09:30 in Shanghai
    expect(iso(resolveRange({ kind: "live", span: "shift" }, now).from)).toBe("2026-11-22T22:00:00.000Z");
    expect(iso(resolveRange({ kind: "live", span: "day" }, now).from)).toBe("2026-11-22T16:00:00.000Z");
    const night = at("2026-11-22T19:00:00Z"); // 03:00 in Shanghai
    expect(iso(resolveRange({ kind: "live", span: "shift" }, night).from)).toBe("2026-11-22T14:00:00.000Z");
  });
  it("rules what clocks show", () => {
    setSiteZone("America/New_York");
    const now = at("2026-11-23T05:10:30Z");
    expect(formatMoment(now, now, "en")).toBe("00:10:30");
    expect(formatAxisTime(now / 1000, 300_000, "en")).toBe("00:10");
    expect(formatAxisTime(at("2026-11-23T05:00:00Z") / 1000, 300_000, "en")).toBe("Nov 23");
  });
  it("finds the moment of a wall time on both sides of a change of the clocks", () => {
    setSiteZone("Europe/Berlin");
    for (const moment of ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-10-25T03:00:00Z"]) {
      expect(iso(momentOf(wallTime(at(moment))))).toBe(new Date(moment).toISOString());
    }
  });
  it("is named only where its clocks differ from the device's", () => {
    const now = at("2026-11-23T05:10:30Z");
    setSiteZone("Pacific/Kiritimati");
    expect(foreignZone(now)).toBe("Pacific/Kiritimati");
    setSiteZone(new Intl.DateTimeFormat().resolvedOptions().timeZone);
    expect(foreignZone(now)).toBeNull();
  });
  it("falls back to the device's zone for a name nobody knows", () => {
    setSiteZone("Mars/Olympus");
    expect(siteZone()).toBeUndefined();
    expect(foreignZone(0)).toBeNull();
  });
});
