import { render, waitFor } from "@testing-library/react";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../../src/sdk/api/problem";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View from "./View";

// jsdom has no canvas: the drawing itself is looked at in a real browser, its geometry in sdk/chart.
vi.mock("../../src/sdk/chart/TrendChart", () => ({ default: () => null }));

const tag = tagOf(7, { meta: { description: "Oil", colors: {}, texts: { "1": "On" } }, kind: "u" });
const now = () => Date.now() * 1000;

function show(platform = fakePlatform()) {
  const scene = render(
    <Scene platform={platform}>
      <View
        {...blockProps({
          props: { title: "Course" },
          inputs: { series: [signalFor(tag)] },
          emit: () => false,
        })}
      />
    </Scene>,
  );
  return { platform, scene };
}

describe("trend", () => {
  it("asks for the page's range once, and says when there is nothing in it", async () => {
    const { platform, scene } = show();
    await waitFor(() => expect(scene.getByText("No values in this time range")).toBeTruthy());
    expect(platform.asked).toHaveLength(1);
    const [query] = platform.asked;
    expect((query?.to ?? 0) - (query?.from ?? 0)).toBeCloseTo(3600e6, -7);
  });

  it("loads again after a reconnect, without a reload of the page", async () => {
    const t = now() - 60e6;
    const series = [{ id: 7, kind: "u" as const, reduced: false, t: [t], v: [1], q: [0] }];
    const { platform } = show(fakePlatform({ series, gaps: [] }));
    await waitFor(() => expect(platform.asked).toHaveLength(1));
    const { live } = platform.services;
    await act(async () => {
      live.start();
      platform.sockets[0]?.accept();
      platform.sockets[0]?.say({ type: "gap", id: [7] });
      await new Promise((done) => setTimeout(done, 1200));
    });
    expect(platform.asked).toHaveLength(2);
    live.stop();
  });

  it("shows the present value in its legend, and the word when there is none", async () => {
    const t = now() - 60e6;
    const series = [{ id: 7, kind: "u" as const, reduced: false, t: [t], v: [1], q: [0] }];
    const { platform, scene } = show(fakePlatform({ series, gaps: [] }));
    act(() => platform.services.store.put([[7, sampleOf(1)]], now()));
    await waitFor(() => expect(scene.getByText("On")).toBeTruthy());
    act(() => platform.services.store.put([[7, sampleOf(null, { q: 134 })]], now()));
    expect(scene.getByText("Sensor fault")).toBeTruthy();
  });

  it("says what to do when history cannot be loaded", async () => {
    const platform = fakePlatform();
    platform.services.api.history = async () => {
      throw new ApiError(0, "unreachable", "");
    };
    const { scene } = show(platform);
    await waitFor(() => expect(scene.getByRole("alert").textContent).toContain("does not answer"));
  });

  it("names the missing role", () => {
    const scene = render(
      <Scene platform={fakePlatform()}>
        <View {...blockProps({ props: {}, inputs: { series: [signalFor(null)] }, emit: () => false })} />
      </Scene>,
    );
    expect(scene.getByText(/No tag plays “temperature” at “Press 1”/)).toBeTruthy();
  });
});
