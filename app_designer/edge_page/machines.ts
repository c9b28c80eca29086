import { api, type TemplateEntry, type TemplateField, type Templates } from "./api";
import { el, form } from "./dom";
import { asked, drawPlan } from "./plan";
import { settingName } from "./texts";
import type { Place, View } from "./views";

/** The next of a kind: press_1 → press_2, 192.168.0.11 → 192.168.0.12. */
function next(text: string): string {
  return text.replace(/\d+(?=\D*$)/, (digits) => String(Number(digits) + 1).padStart(digits.length, "0"));
}

const inputsOf = (row: Element) => [...row.querySelectorAll("input")];

/** A row for one machine: as the one before it, counted up. */
function machineRow(place: Place, fields: TemplateField[], last: Element | null): HTMLElement {
  const { t } = place;
  const before = last ? inputsOf(last).map((one) => one.value) : null;
  const cells = [{ name: "id", usual: "" }, ...fields].map(({ name, usual }, at) => {
    const was = before?.[at] ?? "";
    const counted = name === "port" || name === "unit" ? was : next(was);
    const input = el("input", {
      name,
      value: before ? counted : (usual ?? ""),
      size: "14",
      autocomplete: "off",
    });
    return el("label", {}, name === "id" ? t("col_connection") : settingName(name, t), input);
  });
  const row = el("div", { class: "form" }, ...cells);
  row.append(el("button", { type: "button", "aria-label": t("remove"), click: () => row.remove() }, "✕"));
  return row;
}

function fillChoice(place: Place, base: HTMLSelectElement, all: Templates): void {
  const option = (one: TemplateEntry) =>
    el("option", { value: one.id, title: one.summary }, `${one.title} · ${one.driver}`);
  base.replaceChildren(
    el("optgroup", { label: place.t("copy_of") }, ...all.copies.map(option)),
    el("optgroup", { label: place.t("library") }, ...all.library.map(option)),
  );
}

/** One machine or twenty from a template, or copied from a connection. */
export function machinesView(place: Place): View {
  const answer = el("div", { "aria-live": "polite" });
  const base = el("select", { name: "base", change: () => void choose() });
  const rows = el("div", { class: "machines" });
  const told = el("p", { class: "hint" });
  let fields: TemplateField[] = [];
  const add = () => rows.append(machineRow(place, fields, rows.lastElementChild));
  let turn = 0;
  const choose = () => {
    const mine = ++turn;
    rows.replaceChildren();
    return asked(place, answer, async () => {
      const found = await api.template(base.value);
      if (mine !== turn) return; // another one was chosen meanwhile
      fields = found.fields;
      told.textContent = [place.t("template_tags", { n: found.tags }), ...found.notes].join(" ");
      rows.replaceChildren();
      add();
      answer.replaceChildren();
    });
  };
  const compare = () =>
    asked(place, answer, async () => {
      const uses = [...rows.children].map((row) =>
        Object.fromEntries(inputsOf(row).map(({ name, value }) => [name, value.trim()])),
      );
      drawPlan(place, answer, await api.machines(base.value, uses));
    });
  const list = () =>
    asked(place, answer, async () => {
      const before = base.value;
      fillChoice(place, base, await api.templates());
      if (before) base.value = before;
      if (before && rows.childElementCount > 0) answer.replaceChildren();
      else await choose();
    });
  return {
    name: "machines",
    open(box) {
      const { t } = place;
      const inputs = form(
        () => void compare(),
        "",
        el("div", { class: "form" }, el("label", {}, t("template"), base)),
        told,
        rows,
        el(
          "div",
          { class: "form" },
          el("button", { type: "button", click: add }, t("one_more")),
          el("button", { type: "submit", class: "primary" }, t("see_change")),
        ),
      );
      box.replaceChildren(
        el("div", { class: "box" }, inputs, el("p", { class: "hint" }, t("machines_hint"))),
        answer,
      );
      void list();
    },
  };
}
