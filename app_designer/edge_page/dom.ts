/** Elements by hand: the page is small, and text is always text. */

type Attributes = Record<string, string | boolean | ((event: Event) => void)>;
type Child = Node | string | null | false;

export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else made.setAttribute(key, value);
  }
  for (const child of children) if (child !== null && child !== false) made.append(child);
  return made;
}

/** Puts the rows in the place of those that are there, keeping what has not changed. */
export function table(heads: string[], rows: Child[][], label: string): HTMLElement {
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
      el(
        "tbody",
        {},
        ...rows.map((row) =>
          el("tr", {}, ...row.map((cell, column) => el("td", { "data-label": heads[column] ?? "" }, cell))),
        ),
      ),
    ),
  );
}

export function note(title: string, hint = "", alarm = false): HTMLElement {
  return el(
    "div",
    alarm ? { class: "note", role: "alert" } : { class: "note" },
    el("strong", {}, title),
    hint ? el("p", {}, hint) : null,
  );
}

/** A state in a word, told by more than its colour. */
export function mark(state: "ok" | "warn" | "bad", text: string): HTMLElement {
  return el("span", { class: `mark ${state}` }, text);
}

/** A form whose submit does something here. */
export function form(act: () => void, className: string, ...children: Child[]): HTMLFormElement {
  const submit = (event: Event) => {
    event.preventDefault();
    act();
  };
  return el("form", { class: className, submit }, ...children);
}
