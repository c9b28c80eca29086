import { qrPath } from "@sdk/qr/path";
import { describe, expect, it } from "vitest";
import { momentFrom } from "../travel/context";
import { stretchOf } from "../travel/TravelBar";
import { isLocal, linkTo } from "./link";

describe("a link to a view", () => {
  it("has the page, every parameter, the range and the moment, and nothing of the screen", () => {
    const href = "https://plant.example/app/line/press?range=1h&kiosk=1&detail=4&at=2020-01-01T00:00:00Z#x";
    const url = new URL(
      linkTo({ href, params: { machine: "press 2", empty: "" }, at: 1_700_000_000_000_000 }),
    );
    expect(url.pathname).toBe("/app/line/press");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      range: "1h",
      machine: "press 2",
      at: "2023-11-14T22:13:20.000Z",
    });
    expect(momentFrom(url.searchParams.get("at"))).toBe(1_700_000_000_000_000);
    expect(linkTo({ href, params: {}, at: null })).toBe("https://plant.example/app/line/press?range=1h");
  });
  it("says when other devices cannot open it; nonsense is no moment", () => {
    expect(isLocal("http://localhost:8080/")).toBe(true);
    expect(isLocal("http://192.168.0.9:8080/")).toBe(false);
    for (const text of [null, "", "soon", "-1"]) expect(momentFrom(text)).toBeNull();
  });
  it("is drawn as a code, unless it is too long", () => {
    expect(qrPath("https://plant.example/app/line")?.size).toBeGreaterThan(20);
    expect(qrPath("x".repeat(1000))).toBeNull();
  });
});

describe("the line of moments", () => {
  it("ends now, or has a moment further back in its middle", () => {
    expect(stretchOf(90, 100, 20)).toEqual({ from: 80, to: 100 });
    expect(stretchOf(50, 100, 20)).toEqual({ from: 40, to: 60 });
  });
});
