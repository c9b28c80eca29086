import type { Change } from "@sdk/api/apps";
import { expect, test } from "vitest";
import type { AppFiles } from "./files";
import { placesOf } from "./places";

const change = (over: Partial<Change>): Change =>
  ({
    op: "changed",
    subject: "property",
    path: "",
    page: null,
    block: null,
    element: null,
    ...over,
  }) as Change;
const files = (pages: Record<string, Record<string, string>>): AppFiles =>
  ({
    pages: Object.fromEntries(
      Object.entries(pages).map(([page, types]) => [
        page,
        { elements: Object.fromEntries(Object.entries(types).map(([id, type]) => [id, { type }])) },
      ]),
    ),
  }) as unknown as AppFiles;
const SIDES = [
  files({ main: { a: "acme.ring", b: "value" } }),
  files({ main: { a: "acme.ring", c: "acme.ring" }, more: {} }),
];

test("what has a page is where it says; the rest of the app is on none", () => {
  const menu = change({ subject: "nav" });
  const moved = change({ op: "moved", subject: "place", page: "main", element: "b" });
  expect(placesOf([menu, moved], SIDES)).toEqual([expect.objectContaining({ page: "main", element: "b" })]);
});

test("another version of a block marks each element of it, on either side, once", () => {
  const version = change({ subject: "code_block", path: "/app.json/code_blocks/acme.ring" });
  const added = change({ op: "added", subject: "element", page: "main", element: "c" });
  const places = placesOf([version, added], SIDES);
  expect(places.map(({ op, page, element }) => `${op} ${page} ${element}`)).toEqual([
    "added main c",
    "changed main a",
  ]);
  expect(placesOf([version], [])).toEqual([]);
});
