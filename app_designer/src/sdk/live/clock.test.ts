import { describe, expect, it } from "vitest";
import { ServerClock } from "./clock";

describe("ServerClock", () => {
  it("follows the message that travelled fastest", () => {
    let local = 1000;
    const clock = new ServerClock(() => local);
    clock.observe(6_000_000); // the server is 5 s ahead, no delay
    local = 2300;
    clock.observe(7_000_000); // this one took 300 ms
    expect(clock.difference_ms).toBe(5000);
    expect(clock.now()).toBe(7_300_000);
  });

  it("forgets old differences, so a corrected clock is followed", () => {
    let local = 0;
    const clock = new ServerClock(() => local, 3);
    clock.observe(9_000_000);
    for (let n = 0; n < 3; n += 1) {
      local += 1000;
      clock.observe(local * 1000);
    }
    expect(clock.difference_ms).toBe(0);
  });
});
