import { render, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View from "./View";

it("names the smallest and largest value of the range", async () => {
  const now = Date.now() * 1000;
  const t = [now - 3000e6, now - 2000e6, now - 1000e6];
  const series = [{ id: 7, kind: "f" as const, reduced: false, t, v: [1, 9, 4], q: [0, 0, 0] }];
  const platform = fakePlatform({ series, gaps: [] });
  platform.services.store.put([[7, sampleOf(4)]], now);
  const scene = render(
    <Scene platform={platform}>
      <View {...blockProps({ props: {}, inputs: { value: [signalFor(tagOf(7))] } })} />
    </Scene>,
  );
  await waitFor(() => expect(scene.getByText("9.0")).toBeTruthy());
  expect(scene.getByText("1.0")).toBeTruthy();
});

it("leaves a gap where nothing was sampled, and hatches it", async () => {
  const now = Date.now() * 1000;
  const t = [now - 3000e6, now - 1000e6];
  const series = [{ id: 7, kind: "f" as const, reduced: false, t, v: [1, 9], q: [0, 0] }];
  const gap = {
    edge: "line_1",
    connection: null,
    kind: "not_sampled" as const,
    from: now - 2500e6,
    to: now - 1200e6,
  };
  const platform = fakePlatform({ series, gaps: [{ ...gap, n: null, reason: "" } as never] });
  platform.services.store.put([[7, sampleOf(9)]], now);
  const scene = render(
    <Scene platform={platform}>
      <View {...blockProps({ props: {}, inputs: { value: [signalFor(tagOf(7))] } })} />
    </Scene>,
  );
  await waitFor(() => expect(scene.container.querySelectorAll("[data-hole]")).toHaveLength(1));
});
