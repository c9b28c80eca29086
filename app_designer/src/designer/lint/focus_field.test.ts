import { afterEach, describe, expect, it, vi } from "vitest";
import { fieldNames, focusField } from "./focus_field";

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

function put(html: { tag: string; field?: string; closed?: () => void }[]): void {
  for (const { tag, field, closed } of html) {
    const node = document.createElement(tag);
    node.scrollIntoView = () => {};
    if (field) {
      node.dataset.field = field;
      node.append(document.createElement("button"), document.createElement("input"));
    }
    if (closed) {
      node.dataset.reveals = "fields";
      node.setAttribute("aria-expanded", "false");
      node.addEventListener("click", closed);
    }
    document.body.append(node);
  }
}

describe("the field a finding means", () => {
  it("is named by its pointer; one of several sources also by that of the whole input", () => {
    expect(fieldNames("props/title/en")).toEqual(["/title"]);
    expect(fieldNames("bind//value")).toEqual(["/value"]);
    expect(fieldNames("bind//tags/0")).toEqual(["/tags/0", "/tags"]);
    expect(fieldNames("bind//@visible")).toEqual(["/@visible"]);
    expect(fieldNames("events/press/0/page")).toEqual(["events/press"]);
    expect(fieldNames("")).toEqual([]);
  });

  it("gets the cursor into its editor, not onto the small buttons before it", () => {
    put([{ tag: "div", field: "/title" }]);
    focusField("props/title");
    expect(document.activeElement).toBe(document.querySelector("input"));
  });

  it("is found in a section that is closed", () => {
    vi.useFakeTimers();
    put([{ tag: "button", closed: () => put([{ tag: "div", field: "/@visible" }]) }]);
    focusField("bind//@visible");
    vi.advanceTimersByTime(500);
    expect(document.activeElement).toBe(document.querySelector("[data-field] input"));
  });
});
