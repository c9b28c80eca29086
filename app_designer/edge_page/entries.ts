import { api, type EntryField, Refused } from "./api";
import { el, form, mark, note } from "./dom";
import type { Language, Text, Translate } from "./texts";
import type { Place, View } from "./views";

/** How often what others typed is asked for, in ticks of the page. */
const ASK_TICKS = 10;
const US_PER_MS = 1000;

/** What a refusal says in the reader's language; others are shown as the agent says them. */
const REFUSALS: Record<string, Text> = {
  "entry.empty": "entry_empty",
  "entry.comma": "entry_comma",
  "entry.too_large": "entry_too_large",
  "entry.span": "entry_span",
  "entry.choice": "entry_choice",
  "entry.characters": "entry_characters",
  "entry.length": "entry_length",
  "entry.ahead": "entry_ahead",
  "entry.too_old": "entry_too_old",
  "entry.full": "entry_full",
  "entry.busy": "entry_busy",
  "folder.unreadable": "entry_disk",
  "folder.permission": "entry_disk",
  "folder.missing": "entry_disk",
};
const KINDS: Record<EntryField["kind"], Text> = {
  number: "entry_number",
  whole: "entry_whole",
  truth: "entry_choice",
  text: "entry_characters",
  choice: "entry_choice",
};

export function languageOf(t: Translate): Language {
  return t("locale") === "zh-CN" ? "zh-CN" : "en";
}

/** The words of a field's value, as people know it. */
export function wordsOf(field: EntryField, value: string, t: Translate): string {
  if (field.kind === "choice") return field.texts_i18n[languageOf(t)]?.[value] ?? field.texts[value] ?? value;
  if (field.kind === "truth") return t(value === "1" ? "yes" : "no");
  return `${value} ${field.unit}`.trim();
}

export function refusalOf(place: Place, field: EntryField, error: unknown): string {
  const { t } = place;
  const code = error instanceof Refused ? error.code : "";
  const text = code === "entry.kind" ? KINDS[field.kind] : REFUSALS[code];
  if (text === undefined) return place.told(error);
  const [low, high] = field.span ?? ["", ""];
  return t(text, { low, high, unit: field.unit, n: field.length ?? "" }).trim();
}

function momentOf(ts: string, t: Translate): string {
  const moment = new Date(Number(ts) / US_PER_MS);
  return moment.toLocaleString(t("locale"), { dateStyle: "short", timeStyle: "medium" });
}

/** Not randomUUID: a page over plain HTTP has none. */
function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((one) => one.toString(16).padStart(2, "0"))
    .join("");
}

function inputOf(field: EntryField, t: Translate): HTMLInputElement | HTMLSelectElement {
  const name = field.key;
  if (field.kind === "choice" || field.kind === "truth") {
    const values = field.kind === "choice" ? Object.keys(field.texts) : ["1", "0"];
    const options = values.map((value) => el("option", { value }, wordsOf(field, value, t)));
    return el("select", { name }, el("option", { value: "" }, "—"), ...options);
  }
  const isPlain = field.kind === "text" || !field.span || field.span[0] < 0;
  return el("input", {
    name,
    // The pad of a phone for numbers has no minus.
    inputmode: isPlain ? "text" : "decimal",
    maxlength: String(field.length ?? 40),
    autocomplete: "off",
    size: field.kind === "text" ? "28" : "12",
  });
}

/** What was typed last, and whether the next one is due. */
function lastOf(field: EntryField, t: Translate): (Node | string)[] {
  if (!field.last) return [el("span", { class: "quiet" }, t("nothing_typed"))];
  const due = Number(field.last.ts) + field.holds_us;
  const said = el(
    "span",
    {},
    t("last_entry"),
    el("span", { class: "number" }, wordsOf(field, field.last.value, t)),
    ` · ${momentOf(field.last.ts, t)}`,
  );
  if (field.holds_us === 0) return [said];
  const time = momentOf(String(due), t);
  const isLate = Date.now() * US_PER_MS >= due;
  return [
    said,
    " · ",
    isLate ? mark("warn", t("overdue", { time })) : el("span", { class: "quiet" }, t("due", { time })),
  ];
}

interface Row {
  box: HTMLElement;
  /** What is known now of the field. */
  show(field: EntryField): void;
}

function rowOf(place: Place, given: EntryField, at: () => string): Row {
  const { t } = place;
  let field = given;
  let once = freshKey();
  let isBusy = false;
  const input = inputOf(field, t);
  const last = el("p", { class: "hint" });
  const said = el("p", { class: "entry-said", role: "status" });
  const correct = el(
    "button",
    { type: "button", click: () => void keep(field.last?.ts ?? "") },
    t("correct"),
  );
  const show = (now: EntryField) => {
    field = now;
    last.replaceChildren(...lastOf(field, t));
    correct.hidden = field.last === null;
  };
  const keep = async (ts: string) => {
    if (isBusy) return;
    isBusy = true;
    try {
      const kept = await api.enter({ key: field.key, value: input.value.trim(), at: ts, once });
      const words = { value: wordsOf(field, kept.value, t), time: momentOf(kept.ts, t) };
      said.replaceChildren(mark("ok", t(kept.replaced === null ? "kept" : "kept_instead", words)));
      if (!field.last || Number(kept.ts) >= Number(field.last.ts))
        show({ ...field, last: { value: kept.value, ts: kept.ts } });
      input.value = "";
      once = freshKey();
    } catch (error) {
      said.replaceChildren(el("span", { role: "alert" }, mark("bad", refusalOf(place, field, error))));
      // `once` stays: where nobody knows whether it was kept, pressing again sends the same entry.
    }
    isBusy = false;
  };
  input.addEventListener("input", () => {
    once = freshKey();
    said.replaceChildren();
  });
  const title = field.description_i18n[languageOf(t)] ?? (field.description || field.tag);
  const unit = field.unit ? ` [${field.unit}]` : "";
  const range = field.span ? ` · ${t("from_to", { low: field.span[0], high: field.span[1] })}` : "";
  const box = form(
    () => void keep(at()),
    "entry",
    el(
      "label",
      {},
      el("strong", {}, title + unit),
      el("span", { class: "quiet" }, `${field.key}${range}`),
      input,
    ),
    el("div", { class: "entry-do" }, el("button", { type: "submit", class: "primary" }, t("keep")), correct),
    last,
    said,
  );
  show(field);
  return { box, show };
}

/** Values that are typed at the machine, a row for each tag. */
export function entriesView(place: Place): View {
  const rows = new Map<string, Row>();
  const list = el("div", {});
  const time = el("input", { type: "datetime-local", name: "time", step: "1" });
  const at = () => (time.value ? String(new Date(time.value).getTime() * US_PER_MS) : "");
  let ticks = 0;
  const draw = (fields: EntryField[], left_out: number) => {
    rows.clear();
    for (const field of fields) rows.set(field.key, rowOf(place, field, at));
    const { t } = place;
    if (fields.length === 0) return list.replaceChildren(note(t("no_entries"), t("no_entries_hint")));
    const moment = el("label", {}, t("time_of_it"), time);
    list.replaceChildren(
      el("div", { class: "form" }, moment, el("p", { class: "hint" }, t("time_hint"))),
      ...[...rows.values()].map(({ box }) => box),
      left_out > 0 ? el("p", { class: "hint" }, t("left_out", { n: left_out })) : "",
    );
  };
  const read = async (again: boolean) => {
    try {
      const { fields, left_out } = await api.entries();
      const isSame = again && fields.length === rows.size && fields.every(({ key }) => rows.has(key));
      if (isSame) for (const field of fields) rows.get(field.key)?.show(field);
      else draw(fields, left_out);
    } catch (error) {
      if (!again) list.replaceChildren(note(place.told(error), "", true));
    }
  };
  return {
    name: "entries",
    open(box) {
      list.replaceChildren(el("p", {}, place.t("loading")));
      box.replaceChildren(
        el("div", { class: "box" }, list, el("p", { class: "hint" }, place.t("entries_hint"))),
      );
      void read(false);
    },
    tick: () => {
      ticks += 1;
      if (ticks % ASK_TICKS === 0) void read(true);
    },
  };
}
