import { EmbedContext } from "@sdk";
import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene } from "../../src/testing/fakes";
import View, { type EmbeddedPageProps } from "./View";

function show(props: EmbeddedPageProps, path: string[] = [], draw = true) {
  const drawn = vi.fn(() => (draw ? <p>the page</p> : null));
  render(
    <Scene platform={fakePlatform()}>
      <EmbedContext.Provider value={{ render: drawn, path }}>
        <View {...blockProps<EmbeddedPageProps>({ props })} />
      </EmbedContext.Provider>
    </Scene>,
  );
  return drawn;
}

describe("embedded page", () => {
  it("draws the page with its parameters", () => {
    const drawn = show({ page: "detail", params: [{ name: "machine", value: "press_1" }] }, ["overview"]);
    expect(drawn).toHaveBeenCalledWith({ page: "detail", params: { machine: "press_1" } });
    expect(screen.getByText("the page")).toBeTruthy();
  });
  it("never draws a page inside itself, nor too deep", () => {
    expect(show({ page: "detail" }, ["overview", "detail"])).not.toHaveBeenCalled();
    expect(screen.getByText("cycle")).toBeTruthy();
    expect(show({ page: "x" }, ["a", "b", "c", "d"])).not.toHaveBeenCalled();
    expect(screen.getByText("deep")).toBeTruthy();
  });
  it("says when there is no page", () => {
    show({});
    expect(screen.getByText("unset")).toBeTruthy();
    show({ page: "gone" }, [], false);
    expect(screen.getByText("missing")).toBeTruthy();
  });
});
