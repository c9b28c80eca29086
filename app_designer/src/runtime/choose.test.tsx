import { fireEvent, render } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../testing/fakes";
import { Choose } from "./Choose";

const machines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ value: `press_${index + 1}`, label: `Press ${index + 1}` }));

function show(count: number, compact = false) {
  const onChoose = vi.fn();
  const scene = render(
    <Scene platform={fakePlatform()}>
      <Choose
        label="Machine"
        choices={machines(count)}
        value="press_2"
        onChoose={onChoose}
        compact={compact}
      />
    </Scene>,
  );
  return { scene, onChoose };
}

describe("a choice", () => {
  it("of a few stands side by side, of some in a list, of many in a list with a search", () => {
    expect(show(3).scene.getByRole("button", { name: "Press 2" }).getAttribute("aria-pressed")).toBe("true");
    expect(show(7).scene.getByRole("combobox", { name: "Machine" }).tagName).toBe("SELECT");
    expect(show(8).scene.getByRole("button", { name: "Machine: Press 2" })).toBeTruthy();
  });
  it("with a search is found and taken by keyboard alone, and the focus goes back", () => {
    const { scene, onChoose } = show(201);
    const button = scene.getByRole("button", { name: "Machine: Press 2" });
    fireEvent.click(button);
    const search = scene.getByRole("combobox");
    expect(document.activeElement).toBe(search);
    fireEvent.change(search, { target: { value: "201" } });
    expect(scene.getAllByRole("option").map((option) => option.textContent)).toEqual(["Press 201"]);
    fireEvent.keyDown(search, { key: "Enter" });
    expect(onChoose).toHaveBeenCalledWith("press_201");
    expect(scene.queryByRole("listbox")).toBeNull();
    expect(document.activeElement).toBe(button);
  });
  it("with a search moves by arrows, says what is active, and closes by Escape without choosing", () => {
    const { scene, onChoose } = show(20);
    fireEvent.click(scene.getByRole("button", { name: "Machine: Press 2" }));
    const search = scene.getByRole("combobox");
    fireEvent.keyDown(search, { key: "ArrowDown" });
    const active = document.getElementById(search.getAttribute("aria-activedescendant") ?? "");
    expect(active?.textContent).toBe("Press 3");
    fireEvent.keyDown(search, { key: "Escape" });
    expect(onChoose).not.toHaveBeenCalled();
    fireEvent.click(scene.getByRole("button", { name: "Machine: Press 2" }));
    fireEvent.change(scene.getByRole("combobox"), { target: { value: "nothing like it" } });
    expect(scene.getByText("Nothing found")).toBeTruthy();
  });
});
