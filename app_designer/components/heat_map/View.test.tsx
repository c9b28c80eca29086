import { render, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, signalFor, tagOf } from "../../src/testing/fakes";
import View from "./View";

const text = (key: string, values: Record<string, string> = {}) => `${key} ${values.value ?? ""}`.trim();

it("is a table of days and hours, and says where nothing is known", async () => {
  const now = Date.now() * 1000;
  const t = [now - 7200e6, now - 3600e6];
  const series = [{ id: 7, kind: "f" as const, reduced: false, t, v: [3, 9], q: [0, 0] }];
  const platform = fakePlatform({ series, gaps: [] });
  const scene = render(
    <Scene platform={platform}>
      <View {...blockProps({ props: { days: 2 }, inputs: { value: [signalFor(tagOf(7))] }, text })} />
    </Scene>,
  );
  await waitFor(() => expect(scene.getByRole("table")).toBeTruthy());
  expect(scene.getAllByRole("row")).toHaveLength(3);
  expect(scene.getAllByText("9.0").length).toBeGreaterThan(0);
  expect(scene.container.querySelectorAll("[data-none=true]").length).toBeGreaterThan(20);
});

it("asks for whole days, in parts of an hour", async () => {
  const platform = fakePlatform();
  render(
    <Scene platform={platform}>
      <View {...blockProps({ props: { days: 7 }, inputs: { value: [signalFor(tagOf(7))] }, text })} />
    </Scene>,
  );
  await waitFor(() => expect(platform.asked).toHaveLength(1));
  expect(platform.asked[0]?.points).toBe(7 * 24 * 4);
});
