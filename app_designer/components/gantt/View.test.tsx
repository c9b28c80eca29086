import { RangeContext } from "@sdk/context";
import { fireEvent, render, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, signalFor, tagOf } from "../../src/testing/fakes";
import View from "./View";
import { zoomed } from "./zoom";

const colors = { "1": "stopped", "2": "running" };
const tag = tagOf(3, { kind: "u", meta: { description: "Press", unit: "", colors } });

function show(setChoice = vi.fn()) {
  const now = Date.now() * 1000;
  const t = [now - 3600e6, now - 900e6];
  const series = [{ id: 3, kind: "u" as const, reduced: false, t, v: [2, 1], q: [0, 0] }];
  const scene = render(
    <Scene platform={fakePlatform({ series, gaps: [] })}>
      <RangeContext.Provider value={{ choice: { kind: "live", span: "1h" }, setChoice }}>
        <View {...blockProps({ props: {}, inputs: { machines: [signalFor(tag)] } })} />
      </RangeContext.Provider>
    </Scene>,
  );
  return { scene, setChoice };
}

it("says how much of the known time a machine ran", async () => {
  const { scene } = show();
  await waitFor(() => expect(scene.getByText("75 %")).toBeTruthy());
});

it("is zoomed and moved by keys", async () => {
  const { scene, setChoice } = show();
  await waitFor(() => expect(scene.getByRole("group")).toBeTruthy());
  fireEvent.keyDown(scene.getByRole("group"), { key: "+" });
  const [{ from, to }] = setChoice.mock.calls[0] as [{ from: number; to: number }];
  expect(to - from).toBeCloseTo(1800e6, -6);
  fireEvent.keyDown(scene.getByRole("group"), { key: "0" });
  expect(setChoice).toHaveBeenLastCalledWith({ kind: "live", span: "1h" });
});

it("zooms about the middle", () => {
  expect(zoomed({ from: 0, to: 100 }, 0.5)).toEqual([25, 75]);
});
