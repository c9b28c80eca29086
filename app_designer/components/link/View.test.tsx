import { NavigateContext, type Navigation } from "@sdk";
import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type LinkProps } from "./View";

const TO = { page: "detail", params: [{ name: "machine", value: "press_1" }] };

function show(given: Partial<Parameters<typeof blockProps<LinkProps>>[0]>, change: Partial<Navigation> = {}) {
  const navigation: Navigation = {
    href: ({ page }) => `/app/line/${page}`,
    go: vi.fn(),
    current: { page: "overview", params: {} },
    title: (page) => (page === "detail" ? "Details" : null),
    ...change,
  };
  const platform = fakePlatform();
  platform.services.store.put([[7, sampleOf(1)]], Date.now() * 1000);
  render(
    <Scene platform={platform}>
      <NavigateContext.Provider value={navigation}>
        <View {...blockProps<LinkProps>({ props: TO, ...given })} />
      </NavigateContext.Provider>
    </Scene>,
  );
  return navigation;
}

describe("link", () => {
  it("is a real link with the page's title, and leads there with its parameters", () => {
    const { go } = show({});
    const link = screen.getByRole("link", { name: /Details/ });
    expect(link.getAttribute("href")).toBe("/app/line/detail");
    fireEvent.click(link);
    expect(go).toHaveBeenCalledWith({ page: "detail", params: { machine: "press_1" } });
  });
  it("leaves new tabs to the browser", () => {
    const { go } = show({});
    fireEvent.click(screen.getByRole("link"), { ctrlKey: true });
    expect(go).not.toHaveBeenCalled();
  });
  it("an action of its own comes first", () => {
    const { go } = show({ emit: () => true });
    fireEvent.click(screen.getByRole("link"));
    expect(go).not.toHaveBeenCalled();
  });
  it("says where you are, and when the page is gone", () => {
    show({}, { current: { page: "detail", params: { machine: "press_1" } } });
    expect(screen.getByRole("link").getAttribute("aria-current")).toBe("page");
    show({ props: { page: "gone" } });
    expect(document.querySelector("[data-state=missing]")?.textContent).toContain("missing");
  });
  it("leads nowhere in the designer or when it is not available", () => {
    const { go } = show({ enabled: false });
    fireEvent.click(screen.getByRole("button"));
    expect(go).not.toHaveBeenCalled();
    const other = show({ mode: "design" });
    fireEvent.click(screen.getByRole("link"));
    expect(other.go).not.toHaveBeenCalled();
  });
  it("shows a value with its quality", () => {
    show({ inputs: { value: [signalFor(tagOf(7))] } });
    expect(screen.getByRole("link").textContent).toContain("1.0 °C");
  });
});
