import { expect, test } from "vitest";
import form from "../../components/form/component.json";
import { newEntry } from "./new_entry";
import type { PropSchema } from "./schema";

const items = form.props.properties.fields.items as unknown as PropSchema;

test("a field added to a form has an id that fits and that no other has", () => {
  const first = newEntry(items, []);
  const second = newEntry(items, [first]);
  expect(first).toEqual({ id: "entry_1", kind: "text" });
  expect(second).toEqual({ id: "entry_2", kind: "text" });
  expect(newEntry(items, [second])).toEqual({ id: "entry_2_2", kind: "text" });
});

test("an entry without an id is as empty as its schema says", () => {
  expect(newEntry({ type: "string" }, [])).toBe("");
});
