import { describe, expect, it } from "vitest";
import { qrPath } from "./path";

describe("QR codes", () => {
  it("have a path of the three finders and the modules between", () => {
    const { size, path } = qrPath("http://plant/app/line?machine=压机") ?? { size: 0, path: "" };
    expect(size).toBe(29);
    // The upper edges of the two finders of the first row, seven modules each.
    expect(path).toContain("M0 0h7v1h-7Z");
    expect(path).toContain("M22 0h7v1h-7Z");
    expect(path).toContain("M0 28h7v1h-7Z");
  });

  it("grow with the text", () => {
    expect(qrPath("x".repeat(900))?.size).toBeGreaterThan(qrPath("x")?.size ?? 0);
  });

  it("are not made of nothing, nor of more than a phone reads", () => {
    expect(qrPath("")).toBeNull();
    expect(qrPath("x".repeat(900))).not.toBeNull();
    expect(qrPath("x".repeat(901))).toBeNull();
    expect(qrPath("压".repeat(301))).toBeNull();
  });
});
