import { render, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { ApiError } from "../../src/sdk/api/problem";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, signalFor, tagOf } from "../../src/testing/fakes";
import View from "./View";

const texts = { "1": "Idle", "2": "Running" };
const tag = tagOf(3, {
  kind: "u",
  meta: { description: "Press", unit: "", texts, colors: { "2": "running" } },
});

function show(platform = fakePlatform()) {
  return render(
    <Scene platform={platform}>
      <View {...blockProps({ props: {}, inputs: { states: [signalFor(tag)] } })} />
    </Scene>,
  );
}

it("says how long each state lasted, and hatches what is not known", async () => {
  const now = Date.now() * 1000;
  const t = [now - 3600e6, now - 1800e6, now - 900e6];
  const series = [{ id: 3, kind: "u" as const, reduced: false, t, v: [2, null, 1], q: [0, 129, 0] }];
  const scene = show(fakePlatform({ series, gaps: [] }));
  await waitFor(() => expect(scene.getByRole("img").getAttribute("aria-label")).toContain("Running 50 %"));
  expect(scene.container.querySelectorAll("[data-unknown=true]").length).toBeGreaterThan(0);
  expect(scene.getByRole("list").textContent).toContain("Running");
});

it("says what to do when the history cannot be loaded", async () => {
  const platform = fakePlatform();
  platform.services.api.history = async () => {
    throw new ApiError(0, "unreachable", "");
  };
  const scene = show(platform);
  await waitFor(() => expect(scene.getByText(/does not answer/)).toBeTruthy());
});

it("says numbers that are states in the reader's unit", async () => {
  const now = Date.now() * 1000;
  const steps = tagOf(4, { kind: "f", meta: { description: "Step", unit: "°C", decimals: 0 } });
  const series = [{ id: 4, kind: "f" as const, reduced: false, t: [now - 3600e6], v: [100], q: [0] }];
  const scene = render(
    <Scene platform={fakePlatform({ series, gaps: [] })} units={{ temperature: "°F" }}>
      <View {...blockProps({ props: {}, inputs: { states: [signalFor(steps)] } })} />
    </Scene>,
  );
  await waitFor(() => expect(scene.getByRole("img").getAttribute("aria-label")).toContain("212 °F"));
});
