import {
  api,
  type Connection,
  type Finding,
  type Overview,
  type RegisterReading,
  type TagState,
} from "./api";
import { el, mark, note, table } from "./dom";
import type { Text, Translate } from "./texts";

const BAD_FROM = 128;
const UNCERTAIN_FROM = 64;
/** Orders that a tag of several registers can be given. */
const ORDERS = new Set(["ABCD", "CDAB", "BADC", "DCBA"]);

export interface Place {
  t: Translate;
  /** What was read last; null before the first answer. */
  overview: Overview | null;
  /** What went wrong, in words. */
  told: (error: unknown) => string;
  /** A quality in the reader's words. */
  quality: (code: number) => string;
  /** Goes to the form of a tag, filled with what is known of it. */
  makeTag: (connection: string, given: Record<string, string>) => void;
}

/** A view draws itself into `box`; `tick` comes each second. */
export interface View {
  name: Text;
  open(box: HTMLElement): void;
  tick?(): void;
}

function age(seconds: number | null, t: Translate): string {
  if (seconds === null) return t("never");
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

export function connectionsView(place: Place): View {
  let box: HTMLElement;
  const draw = () => {
    const { overview, t } = place;
    if (!overview) return box.replaceChildren(el("p", {}, t("loading")));
    const { connected, address, waiting } = overview.platform;
    const rows = overview.connections.map((one) => [
      el("strong", {}, one.id, " ", el("span", { class: "quiet" }, one.driver)),
      one.up ? mark("ok", t("up")) : mark("bad", one.error || t("down")),
      String(one.tags),
      one.bad_tags > 0 ? mark("warn", String(one.bad_tags)) : "0",
      age(one.last_read_age_s, t),
    ]);
    const heads = (["col_connection", "col_state", "col_tags", "col_bad", "col_read"] as const).map((one) =>
      t(one),
    );
    box.replaceChildren(
      el(
        "div",
        { class: "box" },
        el("strong", {}, `${t("platform")}: `),
        connected ? mark("ok", t("connected")) : mark("warn", t("not_connected")),
        ` ${address} · ${t("waiting", { n: waiting })}`,
      ),
      el(
        "div",
        { class: "box" },
        rows.length > 0 ? table(heads, rows, t("connections")) : note(t("none"), t("none_hint")),
      ),
    );
  };
  return {
    name: "connections",
    open: (into) => {
      box = into;
      draw();
    },
    tick: () => draw(),
  };
}

/** A choice among connections that keeps what was chosen. */
export function chooser(
  place: Place,
  wanted: (one: Connection) => boolean,
  changed: () => void,
  all = false,
) {
  const select = el("select", { name: "connection", change: changed });
  return {
    select,
    fill(): boolean {
      const found = place.overview?.connections.filter(wanted) ?? [];
      const ids = [...(all ? [""] : []), ...found.map(({ id }) => id)];
      if (ids.join("\n") !== [...select.options].map(({ value }) => value).join("\n")) {
        const before = select.value;
        select.replaceChildren(...ids.map((id) => el("option", { value: id }, id || place.t("all"))));
        if (ids.includes(before)) select.value = before;
      }
      return ids.length > 0;
    },
  };
}

/** The quality in the reader's words, and what the device said where that is more. */
function badly(one: TagState, place: Place): HTMLElement {
  const said = one.error && one.error !== one.quality_label ? ` ${one.error}` : "";
  const word = mark("bad", place.quality(one.quality));
  return el("span", {}, word, said ? el("span", { class: "quiet" }, said) : null);
}

export function tagsView(place: Place): View {
  let list: HTMLElement;
  let busy = false;
  const read = async () => {
    if (busy || !choice.fill()) return;
    busy = true;
    try {
      const { tags, left_out } = await api.tags(choice.select.value);
      draw(tags, left_out);
    } catch (error) {
      list.replaceChildren(note(place.told(error), "", true));
    }
    busy = false;
  };
  const choice = chooser(
    place,
    () => true,
    () => void read(),
  );
  const draw = (tags: TagState[], left_out: number) => {
    const { t } = place;
    const heads = (["col_tag", "col_value", "col_quality", "col_age", "col_address"] as const).map((one) =>
      t(one),
    );
    const rows = tags.map((one) => [
      el("strong", {}, one.tag),
      el("span", { class: "number" }, one.value === null ? "—" : `${one.value} ${one.unit}`.trim()),
      one.quality >= BAD_FROM
        ? badly(one, place)
        : one.quality >= UNCERTAIN_FROM
          ? mark("warn", place.quality(one.quality))
          : mark("ok", place.quality(one.quality)),
      age(one.age_s, t),
      el("span", { class: "quiet" }, one.address),
    ]);
    list.replaceChildren(
      rows.length > 0 ? table(heads, rows, t("tags")) : note(t("no_tags")),
      ...(left_out > 0 ? [el("p", { class: "hint" }, t("left_out", { n: left_out }))] : []),
    );
  };
  return {
    name: "tags",
    open(box) {
      list = el("div", {}, place.t("loading"));
      box.replaceChildren(
        el(
          "div",
          { class: "box" },
          el("div", { class: "form" }, el("label", {}, place.t("col_connection"), choice.select)),
          list,
        ),
      );
      if (!choice.fill()) list.replaceChildren(note(place.t("none"), place.t("none_hint")));
      void read();
    },
    tick: () => void read(),
  };
}

function formsOf(
  reading: RegisterReading,
  t: Translate,
  make: (given: Record<string, string>) => void,
): HTMLElement {
  const { address, words, bits, forms } = reading;
  const names = [address.five_digits, address.six_digits].filter(Boolean).join(" / ");
  const head = `${address.tag} = ${names} = ${address.from_0} (${address.hex})`;
  if (reading.error) return el("div", {}, el("p", {}, head), note(reading.error, "", true));
  const raw = words.length > 0 ? words.join(" ") : bits.map(Number).join(" ");
  const rows = forms.map((one) => [
    el("strong", {}, one.type),
    one.order,
    el("span", { class: "number" }, one.value === null ? "—" : String(one.value)),
    one.mark === "likely"
      ? mark("ok", t("likely"))
      : one.mark === "unlikely"
        ? el("span", { class: "quiet" }, t("unlikely"))
        : "",
    el("span", { class: "quiet" }, one.note),
    el(
      "button",
      {
        type: "button",
        "aria-label": `${t("make_tag")}: ${one.type} ${one.order}`.trim(),
        click: () =>
          make({ address: address.tag, type: one.type, order: ORDERS.has(one.order) ? one.order : "" }),
      },
      t("make_tag"),
    ),
  ]);
  const heads = [t("col_type"), t("col_order"), t("col_value"), "", t("col_note"), ""];
  return el(
    "div",
    {},
    el("p", {}, head),
    el(
      "p",
      {},
      `${t("raw")} `,
      el("code", {}, raw),
      ` · ${t("answered", { ms: reading.elapsed_ms.toFixed(1) })}`,
    ),
    table(heads, rows, t("register")),
    el("p", { class: "hint" }, t("compare")),
  );
}

export function registerView(place: Place): View {
  const answer = el("div", { "aria-live": "polite" });
  const address = el("input", { name: "address", value: "holding:0", size: "18", required: true });
  const words = el("input", { name: "words", type: "number", min: "1", max: "125", value: "4" });
  const live = el("input", { name: "live", type: "checkbox" });
  const choice = chooser(
    place,
    (one) => one.modbus,
    () => void look(),
  );
  let busy = false;
  const look = async () => {
    if (busy || !choice.fill()) return;
    busy = true;
    try {
      const asked = {
        connection: choice.select.value,
        address: address.value,
        words: Number(words.value) || 4,
      };
      const reading = await api.register(asked);
      answer.replaceChildren(formsOf(reading, place.t, (given) => place.makeTag(asked.connection, given)));
    } catch (error) {
      answer.replaceChildren(note(place.told(error), "", true));
    }
    busy = false;
  };
  return {
    name: "register",
    open(box) {
      const { t } = place;
      if (!choice.fill()) return box.replaceChildren(el("div", { class: "box" }, note(t("no_modbus"))));
      const form = el(
        "form",
        {
          class: "form",
          submit: (event) => {
            event.preventDefault();
            void look();
          },
        },
        el("label", {}, t("col_connection"), choice.select),
        el("label", {}, t("address"), address),
        el("label", {}, t("words"), words),
        el("button", { type: "submit", class: "primary" }, t("look")),
        el("label", { class: "check" }, live, t("live")),
      );
      box.replaceChildren(el("div", { class: "box" }, form, el("p", { class: "hint" }, t("address_hint"))));
      box.append(el("div", { class: "box" }, answer));
      void look();
    },
    tick: () => {
      if (live.checked) void look();
    },
  };
}

function finding(one: Finding, t: Translate): HTMLElement {
  const state = one.severity === "ok" ? "ok" : one.severity === "note" ? "warn" : "bad";
  return el(
    "li",
    {},
    mark(state, `${one.where}: ${one.what}`),
    one.evidence ? el("p", { class: "hint" }, `${t("evidence")}: ${one.evidence}`) : null,
    one.next_step ? el("p", {}, el("strong", {}, `${t("next")}: `), one.next_step) : null,
  );
}

export function doctorView(place: Place): View {
  const answer = el("div", { "aria-live": "polite" });
  const choice = chooser(
    place,
    () => true,
    () => undefined,
  );
  const button = el("button", { type: "submit", class: "primary" });
  const examine = async () => {
    const { t } = place;
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    button.textContent = t("examining");
    try {
      const { findings } = await api.doctor(choice.select.value);
      const wrong = findings.some((one) => one.severity === "problem");
      answer.replaceChildren(
        el(
          "div",
          { class: "box" },
          el("ul", { class: "findings" }, ...findings.map((one) => finding(one, t))),
        ),
        wrong ? "" : el("p", {}, mark("ok", t("fine"))),
      );
    } catch (error) {
      answer.replaceChildren(note(place.told(error), "", true));
    }
    button.setAttribute("aria-busy", "false");
    button.textContent = t("examine");
  };
  return {
    name: "doctor",
    open(box) {
      const { t } = place;
      if (!choice.fill())
        return box.replaceChildren(el("div", { class: "box" }, note(t("none"), t("none_hint"))));
      button.textContent = t("examine");
      const form = el(
        "form",
        {
          class: "form",
          submit: (event) => {
            event.preventDefault();
            void examine();
          },
        },
        el("label", {}, t("col_connection"), choice.select),
        button,
      );
      box.replaceChildren(el("div", { class: "box" }, form), answer);
    },
  };
}
