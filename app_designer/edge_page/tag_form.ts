import { api, type Tried } from "./api";
import { el, form, mark } from "./dom";
import { asked, drawPlan } from "./plan";
import { sentences, type Text } from "./texts";
import { chooser, nothing, type Place, type View } from "./views";

const ORDERS = ["", "ABCD", "CDAB", "BADC", "DCBA"];
const TYPES = [
  ...["", "bool", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "string"],
];
/** Heading of the sheet, label, and how wide a text is or which words there are. */
const FIELDS: [string, Text, number | string[]][] = [
  ["name", "col_tag", 16],
  ["address", "address", 18],
  ["type", "col_type", TYPES],
  ["order", "col_order", ORDERS],
  ["bit", "bit", 4],
  ["length", "length", 4],
  ["scale", "scale", 6],
  ["offset", "offset", 6],
  ["unit", "unit", 6],
  ["description", "description", 24],
];

type Field = HTMLInputElement | HTMLSelectElement;

function makeFields(): Map<string, Field> {
  return new Map(
    FIELDS.map(([name, , kind]): [string, Field] => [
      name,
      typeof kind === "number"
        ? el("input", { name, size: String(kind), maxlength: "400", autocomplete: "off" })
        : el("select", { name }, ...kind.map((one) => el("option", { value: one }, one || "—"))),
    ]),
  );
}

function drawTried(place: Place, into: HTMLElement, got: Tried): void {
  const { t } = place;
  const quality = got.quality ?? 128;
  const shown = got.error
    ? mark("bad", sentences(got.error, got.hint ?? ""))
    : quality >= 128
      ? mark("bad", place.quality(quality))
      : mark(quality >= 64 ? "warn" : "ok", `${got.value} ${got.unit ?? ""}`.trim());
  const said = el("p", { class: "number" }, t("read_now") + t("colon"), shown);
  into.replaceChildren(el("div", { class: "box" }, said, el("p", { class: "hint" }, t("compare_tag"))));
}

/** What the tag whose name stands in the form says already: it is shown, and what is emptied of it is to be removed. */
function knownTag(fields: Map<string, Field>, connection: () => string) {
  const names = el("datalist", { id: "names" });
  const name = fields.get("name") as Field;
  let known: Record<string, string> = {};
  let looking: Promise<void> = Promise.resolve();
  const ask = async () => {
    const wanted = name.value.trim();
    const { cells } = wanted ? await api.tag(connection(), wanted) : { cells: null };
    for (const [heading, field] of cells ? fields : [])
      if (heading !== "name" && field.value === (known[heading] ?? "")) field.value = cells?.[heading] ?? "";
    known = cells ?? {};
  };
  // One after the other; what cannot be asked is told when the tag is tried or saved.
  const look = (anew = false) => {
    if (anew) known = {};
    looking = looking.then(ask).catch(() => undefined);
  };
  const draw = async () => {
    const { tags } = await api.tags(connection());
    names.replaceChildren(...tags.map(({ tag }) => el("option", { value: tag })));
  };
  name.setAttribute("list", "names");
  name.addEventListener("change", () => look());
  return {
    names,
    look,
    list: () => void draw().catch(() => undefined),
    async cells() {
      await looking;
      const all = [...fields].map(([heading, { value }]): [string, string] => [heading, value.trim()]);
      return Object.fromEntries(all.filter(([heading, value]) => value || known[heading]));
    },
  };
}

/** A tag as a form, filled from a register or a browsed node; tried, then saved. */
export function tagFormView(
  place: Place,
): View & { fill: (connection: string, given: Record<string, string>) => void } {
  const fields = makeFields();
  const answer = el("div", { "aria-live": "polite" });
  const tag = knownTag(fields, () => choice.select.value);
  const choice = chooser(
    place,
    () => true,
    () => {
      answer.replaceChildren();
      tag.look();
      tag.list();
    },
  );
  const attempt = () =>
    asked(place, answer, async () =>
      drawTried(place, answer, await api.tryTag(choice.select.value, await tag.cells())),
    );
  const save = () =>
    asked(place, answer, async () =>
      drawPlan(place, answer, await api.planTag(choice.select.value, await tag.cells())),
    );
  return {
    name: "tag_form",
    fill(connection, given) {
      choice.fill();
      choice.select.value = connection;
      // A word that a list does not have leaves it empty.
      for (const [name, field] of fields) field.value = given[name] ?? "";
      for (const field of fields.values())
        if (field instanceof HTMLSelectElement && field.selectedIndex < 0) field.value = "";
      answer.replaceChildren();
      tag.look(true);
    },
    open(box) {
      const { t } = place;
      if (!choice.fill())
        return box.replaceChildren(el("div", { class: "box" }, nothing(place, t("none"), t("none_hint"))));
      tag.list();
      const inputs = form(
        () => void attempt(),
        "form fields",
        el("label", {}, t("col_connection"), choice.select),
        ...FIELDS.map(([name, text]) => el("label", {}, t(text), fields.get(name) as Field)),
        el("button", { type: "submit", class: "primary" }, t("try")),
        el("button", { type: "button", click: () => void save() }, t("see_change")),
      );
      box.replaceChildren(
        el("div", { class: "box" }, inputs, tag.names, el("p", { class: "hint" }, t("tag_form_hint"))),
        answer,
      );
    },
  };
}
