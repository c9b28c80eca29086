import { expect, test } from "vitest";
import form from "../../components/form/component.json";
import { hasGivenId, newEntry, withEntry } from "./new_entry";
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

test("an id nobody has thought of follows the label, and with it who mentions it", () => {
  const other = { id: "why", kind: "text", visible_when: { field: "entry_1", equals: 1 } };
  const list = [newEntry(items, []), other];
  expect(hasGivenId(list[0])).toBe(true);
  const b = withEntry(list, 0, { id: "entry_1", kind: "text", label: { en: "B" } });
  const batch = withEntry(b, 0, { ...(b[0] as object), label: { en: "Batch no." } });
  expect(batch[0]).toMatchObject({ id: "batch_no" });
  expect(batch[1]).toMatchObject({ visible_when: { field: "batch_no" } });
  const chinese = withEntry(batch, 0, { ...(batch[0] as object), label: { "zh-CN": "批次" } });
  expect(chinese[0]).toMatchObject({ id: "batch_no" });
});

test("an id somebody chose stays, and two of the same label differ", () => {
  const list = [{ id: "lot", label: "Batch" }, newEntry(items, [{}])];
  expect(withEntry(list, 0, { id: "lot", label: "Charge" })[0]).toEqual({ id: "lot", label: "Charge" });
  const two = withEntry(list, 1, { ...(list[1] as object), label: "Lot" });
  expect(two[1]).toMatchObject({ id: "lot_2" });
  const longer = withEntry(two, 1, { ...(two[1] as object), label: "Lot size" });
  expect(longer[1]).toMatchObject({ id: "lot_size" });
});
