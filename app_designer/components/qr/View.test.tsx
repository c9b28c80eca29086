import { render } from "@testing-library/react";
import { Suspense } from "react";
import { describe, expect, it } from "vitest";
import { qrPath } from "../../src/sdk/qr/path";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View from "./View";

it("draws the code when the encoder has come", async () => {
  const scene = render(
    <Scene platform={fakePlatform()}>
      <Suspense fallback="…">
        <View {...blockProps({ props: { content: "text", text: "LOT-1" } })} />
      </Suspense>
    </Scene>,
  );
  expect((await scene.findByRole("img")).querySelector("path")?.getAttribute("d")).toBe(
    qrPath("LOT-1")?.path,
  );
});

describe("code", () => {
  it("grows with its text, is UTF-8 and has its three corners", () => {
    expect(qrPath("a")?.size).toBe(21);
    expect((qrPath("批号 2024-0715 二号线")?.size ?? 0) > 21).toBe(true);
    expect(qrPath("a")?.path.startsWith("M0 0h7v1h-7Z")).toBe(true);
  });
  it("is not made of nothing or of too much", () => {
    expect([qrPath(""), qrPath("x".repeat(901))]).toEqual([null, null]);
  });
});

it("does not encode a value that is not current", () => {
  const platform = fakePlatform();
  platform.services.store.put([[7, sampleOf("LOT-1", { fresh: 2 })]], Date.now() * 1000);
  const scene = render(
    <Scene platform={platform}>
      <View
        {...blockProps({
          props: { content: "value" },
          inputs: { value: [signalFor(tagOf(7, { kind: "s" }))] },
        })}
      />
    </Scene>,
  );
  expect(scene.queryByRole("img")).toBeNull();
  expect(scene.getByText("Offline")).toBeTruthy();
});
