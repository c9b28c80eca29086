import { FormChoicesContext } from "@forms/choices";
import { AnchorField } from "@forms/fields/AnchorField";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PageDocument } from "../../generated/documents.gen";
import { fakePlatform, Scene } from "../../testing/fakes";
import type { Draft } from "../model/contract";
import { anchorChoices } from "./anchor_choices";

afterEach(cleanup);

const element = (type: string) => ({ type, props_version: 1 });
const place = { x: 0, y: 0, w: 80, h: 80 };
const page = (kind: "free" | "grid"): PageDocument => ({
  format: 1,
  id: "one",
  title: { en: "One" },
  elements: { el_a: element("pump"), el_b: element("vessel"), el_c: element("pipe"), el_d: element("pipe") },
  layout: {
    lg: {
      kind,
      items: { el_a: place, el_b: place, el_c: place, el_d: place },
    } as PageDocument["layout"]["lg"],
  },
});
const draft = (kind: "free" | "grid"): Draft => ({
  app: { format: 1, id: "app", version: "1.0.0", name: { en: "App" }, home: "one" },
  pages: { one: page(kind) },
  blocks: {},
  tests: {},
});

describe("what a pipe can be joined to", () => {
  it("is every other element of its free canvas with its connection points, but no pipe", () => {
    const found = anchorChoices(draft("free"), "one", "el_c", "en");
    expect(found.map(({ value }) => value)).toEqual(["el_a", "el_b"]);
    expect(found[0]?.anchors).toContain("out");
  });

  it("is nothing on a grid", () => {
    expect(anchorChoices(draft("grid"), "one", "el_c", "en")).toEqual([]);
  });
});

describe("the field of a connection point", () => {
  const choices = {
    pages: [],
    assets: [],
    assetTypes: [],
    roles: [],
    media: { names: [], url: (name: string) => name, upload: null },
    anchors: [
      { value: "el_a", label: "Pump", anchors: ["in", "out"] },
      { value: "el_b", label: "Vessel", anchors: ["top", "out"] },
    ],
  };
  const show = (value: unknown) => {
    const onChange = vi.fn();
    render(
      <Scene platform={fakePlatform()}>
        <FormChoicesContext.Provider value={choices}>
          <AnchorField id="f" label="From" schema={{}} value={value} onChange={onChange} />
        </FormChoicesContext.Provider>
      </Scene>,
    );
    return onChange;
  };

  it("joins by choosing an element, at its first point", () => {
    const onChange = show(undefined);
    fireEvent.change(screen.getByRole("combobox", { name: /Element/ }), { target: { value: "el_b" } });
    expect(onChange).toHaveBeenCalledWith({ element: "el_b", anchor: "top" });
  });

  it("keeps the point where the other element has one of that name, and lets go", () => {
    const onChange = show({ element: "el_a", anchor: "out" });
    const which = screen.getByRole("combobox", { name: /Element/ });
    fireEvent.change(which, { target: { value: "el_b" } });
    expect(onChange).toHaveBeenLastCalledWith({ element: "el_b", anchor: "out" });
    fireEvent.change(which, { target: { value: "" } });
    expect(onChange).toHaveBeenLastCalledWith(undefined);
  });

  it("shows an element that is gone as what is wrong", () => {
    show({ element: "el_z", anchor: "out" });
    expect(screen.getByRole("combobox", { name: /Element/ }).getAttribute("aria-invalid")).toBe("true");
  });
});
