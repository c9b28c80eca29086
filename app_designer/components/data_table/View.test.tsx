import { fireEvent, render } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { compareCells, csvOf, visibleRows } from "./table";
import View from "./View";

const rows = Array.from({ length: 10_000 }, (_, index) => [`row ${index}`, (index * 37) % 1000]);
const columns = [
  { field: "a", label: "Name" },
  { field: "b", label: "Number" },
];

function show(more: Partial<Parameters<typeof View>[0]> = {}) {
  return render(
    <Scene platform={fakePlatform()}>
      <View {...blockProps({ props: { columns, rows }, ...more })} />
    </Scene>,
  );
}

describe("data table", () => {
  it("draws a page of ten thousand rows, and says how many there are", () => {
    const scene = show();
    expect(scene.getAllByRole("row").length).toBeLessThan(40);
    expect(scene.getByRole("table").getAttribute("aria-rowcount")).toBe("10001");
  });

  it("sorts up, down and back", () => {
    const scene = show();
    const first = () => scene.container.querySelector("tbody tr td:nth-child(2)")?.textContent;
    const press = () => fireEvent.click(scene.getByRole("button", { name: "Number" }));
    press();
    expect(first()).toBe("0");
    press();
    expect(first()).toBe("999");
    expect(scene.getAllByRole("columnheader")[1]?.getAttribute("aria-sort")).toBe("descending");
    press();
    expect(first()).toBe("0");
  });

  it("filters, tells others how many are left, and hands the rest to an action", () => {
    const output = vi.fn();
    const emit = vi.fn(() => true);
    const scene = show({ output, emit });
    fireEvent.change(scene.getByRole("searchbox"), { target: { value: "row 999" } });
    expect(output).toHaveBeenLastCalledWith("count", 11);
    fireEvent.click(scene.getByRole("button", { name: "export" }));
    const [[name, payload]] = emit.mock.calls as unknown as [[string, { csv: string; rows: number }]];
    expect([name, payload.rows]).toEqual(["export", 11]);
    expect(payload.csv).toContain("Name,Number\r\nrow 999,963\r\n");
  });

  it("shows rows of tags, and sorts them only when asked", () => {
    const platform = fakePlatform();
    const signals = [1, 2].map((id) => signalFor(tagOf(id, { meta: { description: `tag ${id}` } })));
    platform.services.store.put(
      [
        [1, sampleOf(5)],
        [2, sampleOf(null, { q: 130 })],
      ],
      Date.now() * 1000,
    );
    const scene = render(
      <Scene platform={platform}>
        <View {...blockProps({ props: {}, inputs: { rows: signals } })} />
      </Scene>,
    );
    expect(scene.getByText("Timeout")).toBeTruthy();
    expect(scene.getByText("tag 1")).toBeTruthy();
  });

  it("shows, sorts and exports tags in the reader's unit", () => {
    const platform = fakePlatform();
    const emit = vi.fn(() => true);
    platform.services.store.put([[1, sampleOf(100)]], Date.now() * 1000);
    const fields = ["value", "unit"].map((field) => ({ field }));
    const props = { columns: fields };
    const scene = render(
      <Scene platform={platform} units={{ temperature: "°F" }}>
        <View {...blockProps({ props, inputs: { rows: [signalFor(tagOf(1))] }, emit })} />
      </Scene>,
    );
    expect([...scene.container.querySelectorAll("tbody td")].map((cell) => cell.textContent)).toEqual([
      "212.0 °F",
      "°F",
    ]);
    fireEvent.change(scene.getByRole("searchbox"), { target: { value: "°f" } });
    fireEvent.click(scene.getByRole("button", { name: "export" }));
    const [[, payload]] = emit.mock.calls as unknown as [[string, { csv: string }]];
    expect(payload.csv).toContain("212,°F");
  });
});

describe("cells", () => {
  it("compare numbers by size, words by the language, nothing last", () => {
    const collator = new Intl.Collator("en", { numeric: true });
    const sorted = [null, 10, 9].sort((a, b) => compareCells(a, b, "descending", collator));
    expect(sorted).toEqual([10, 9, null]);
    expect(compareCells("m2", "m10", "ascending", collator)).toBeLessThan(0);
  });
  it("cannot become formulas in a spreadsheet", () => {
    const csv = csvOf(["a"], [['=HYPERLINK("x")'], ["+1"], ["-2"], [-2], ["a,b"], ["@x"]]);
    expect(csv.split("\r\n").slice(1, -1)).toEqual([
      '"\'=HYPERLINK(""x"")"',
      "'+1",
      "'-2",
      "-2",
      '"a,b"',
      "'@x",
    ]);
  });
  it("are drawn where they are seen", () => {
    expect(visibleRows(4400, 440, 44, 10_000)).toEqual({ first: 94, last: 116 });
    expect(visibleRows(0, 440, 44, 3)).toEqual({ first: 0, last: 3 });
  });
});
