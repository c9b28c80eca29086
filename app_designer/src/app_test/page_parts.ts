/** Finding things on a page as a person does: by what they are called and where they stand. */

const CONTROLS =
  "button, a[href], summary, tr, label, [role=button], [role=tab], [role=option], [role=radio], [role=checkbox], " +
  "[role=switch], input[type=radio], input[type=checkbox]";
const ENTRIES = "input:not([type=hidden]), textarea, select";

const plain = (text: string | null | undefined) => (text ?? "").replace(/\s+/g, " ").trim();
/** Spaces aside: a number and its unit stand in two places. */
const tight = (text: string) => text.replace(/\s+/g, "");

/** The part of the document that is used now: the dialog that was opened last, else the page. */
export function topOf(root: HTMLElement): HTMLElement {
  return [...root.querySelectorAll<HTMLElement>("dialog[open]")].at(-1) ?? root;
}

/** An element by its path; null while it is not drawn. */
export function elementAt(root: HTMLElement, path: string): HTMLElement | null {
  let at: HTMLElement | null = topOf(root);
  for (const id of path.split("/")) at = at?.querySelector<HTMLElement>(`[data-element="${id}"]`) ?? null;
  return at;
}

/** Whether something of it is drawn: an element that is hidden leaves its place empty. */
export const isDrawn = (element: HTMLElement | null): boolean => (element?.childElementCount ?? 0) > 0;

/** What a control is called. */
function nameOf(control: HTMLElement): string {
  const by = control.getAttribute("aria-labelledby")?.split(/\s+/) ?? [];
  const labelled = by.map((id) => control.ownerDocument.getElementById(id)?.textContent).join(" ");
  const labels = (control as HTMLInputElement).labels;
  return plain(
    control.getAttribute("aria-label") ||
      labelled ||
      labels?.[0]?.textContent ||
      control.textContent ||
      control.title,
  );
}

function controlIn(element: HTMLElement, which: string, name: string): HTMLElement | null {
  const all = [...element.querySelectorAll<HTMLElement>(which)];
  if (!name) return all[0] ?? null;
  const wanted = plain(name);
  const starts = (one: HTMLElement) => nameOf(one).startsWith(wanted);
  return all.find((one) => nameOf(one) === wanted) ?? all.find(starts) ?? null;
}

const isOff = (control: HTMLElement) =>
  control.matches(":disabled, [aria-disabled=true]") || (control as HTMLInputElement).readOnly === true;

/** Presses a button, a row, a choice; false when there is none that can be pressed. */
export function click(element: HTMLElement, name: string): boolean {
  const control = controlIn(element, CONTROLS, name);
  if (!control || isOff(control)) return false;
  control.click();
  return true;
}

/** Enters a value where one is entered; false when there is no such field that takes it. */
export function type(element: HTMLElement, name: string, value: unknown): boolean {
  const field = controlIn(element, ENTRIES, name) as HTMLInputElement | HTMLSelectElement | null;
  if (!field || isOff(field)) return false;
  const text = value === null || value === undefined ? "" : String(value);
  if (field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")) {
    if (field.checked !== (value === true || text === "true")) field.click();
    return true;
  }
  let entered = text;
  if (field instanceof HTMLSelectElement) {
    const option = [...field.options].find((one) => plain(one.textContent) === text || one.value === text);
    if (!option) return false;
    entered = option.value;
  }
  field.focus();
  // By the setter of the browser itself: the one of the element is watched and would keep the change from being told.
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value")?.set?.call(field, entered);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  // Out of reach (`inert`) it never had the focus, and is left all the same.
  if (field.ownerDocument.activeElement === field) field.blur();
  else field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  return true;
}

/** Whether this is read in it, spaces aside. */
export const reads = (element: HTMLElement, text: string): boolean =>
  tight(element.textContent ?? "").includes(tight(text));

/** Whether two texts read the same, spaces aside. */
export const isSameText = (one: string, other: string): boolean => tight(one) === tight(other);

const rowsOf = (table: HTMLTableElement) =>
  [...table.querySelectorAll("tbody tr")].filter((row) => row.ariaHidden !== "true") as HTMLTableRowElement[];

/** The place of a row in the whole table, of which perhaps only a part is drawn; from 1. */
function numberOf(row: HTMLTableRowElement, at: number): number {
  const told = Number(row.getAttribute("aria-rowindex"));
  return told > 0 ? told - 1 : at + 1;
}

function cellOf(table: HTMLTableElement, row: string, column: string): string | null {
  const found = rowsOf(table).find(
    (one, at) => String(numberOf(one, at)) === row || plain(one.cells[0]?.textContent) === row,
  );
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((one) => plain(one.textContent));
  const place = /^\d+$/.test(column) ? Number(column) - 1 : heads.indexOf(column);
  const cell = found?.cells[place];
  return cell ? plain(cell.textContent) : null;
}

/** The text of a cell, `row/column`; null when there is none. A name may have a `/` in it. */
export function cellText(element: HTMLElement, name: string): string | null {
  const table = element.querySelector("table");
  const parts = name.split("/");
  for (let cut = 1; table && cut < parts.length; cut += 1) {
    const [row, column] = [parts.slice(0, cut).join("/"), parts.slice(cut).join("/")];
    const text = cellOf(table, row.trim(), column.trim());
    if (text !== null) return text;
  }
  return null;
}
