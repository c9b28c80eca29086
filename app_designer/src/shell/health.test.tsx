import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Health } from "../sdk/api/types";
import { fakePlatform, Scene } from "../testing/fakes";
import HealthScreen from "./Health";

function health(change: Partial<Health>): Health {
  const whole = { free: 80e9, total: 120e9 };
  return { now: 1e15, edges: [], gaps: [], dead_letters: 0, disk: whole, broker: { up: true }, ...change };
}

async function fact(answer: Health, name: string): Promise<HTMLElement> {
  const platform = fakePlatform();
  vi.spyOn(platform.services.api, "health").mockResolvedValue(answer);
  render(
    <Scene platform={platform}>
      <HealthScreen />
    </Scene>,
  );
  return (await screen.findByText(name)).parentElement as HTMLElement;
}

describe("health of the platform", () => {
  it("tells samples of impossible times", async () => {
    const shown = await fact(health({ impossible_times: 1203 }), "Impossible times");
    expect(shown.textContent).toContain("1,203");
    expect(shown.dataset.tone).toBe("warn");
  });
  it("tells what was cut off the journal at the start", async () => {
    const shown = await fact(health({ journal: { torn_bytes: 1536 } }), "Cut off at the start");
    expect(shown.textContent).toContain("1.5 KiB");
    expect(shown.dataset.tone).toBe("warn");
  });
  it("warns of neither where there is none", async () => {
    const shown = await fact(health({ impossible_times: 0, journal: { torn_bytes: 0 } }), "Impossible times");
    expect(shown.dataset.tone).toBeUndefined();
    expect(screen.getByText("Cut off at the start").parentElement?.dataset.tone).toBeUndefined();
  });
});
