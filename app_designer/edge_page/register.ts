import { api, type Form, type RegisterReading } from "./api";
import { el, mark, note, table } from "./dom";
import type { Translate } from "./texts";
import { chooser, nothing, type Place, type View } from "./views";

/** Orders that a tag of several registers can be given. */
const ORDERS = new Set(["ABCD", "CDAB", "BADC", "DCBA"]);

/** How likely a form is, and what is to be said of it. */
function remark(one: Form, t: Translate): HTMLElement | string {
  const size =
    one.mark === "likely"
      ? mark("ok", t("likely"))
      : one.mark === "unlikely"
        ? el("span", { class: "quiet" }, t("unlikely"))
        : null;
  if (!size) return one.note ? el("span", { class: "quiet" }, one.note) : "";
  return el("span", {}, size, one.note ? el("span", { class: "quiet" }, ` · ${one.note}`) : null);
}

function formsOf(
  reading: RegisterReading,
  t: Translate,
  make: (given: Record<string, string>) => void,
): HTMLElement {
  const { address, words, bits, forms } = reading;
  const names = [address.five_digits, address.six_digits].filter(Boolean).join(" / ");
  const head = `${address.tag} = ${names} = ${address.from_0} (${address.hex})`;
  if (reading.error) return el("div", {}, el("p", {}, head), note(reading.error, reading.hint, true));
  const raw = words.length > 0 ? words.join(" ") : bits.map(Number).join(" ");
  const rows = forms.map((one) => [
    el("strong", {}, one.type),
    one.order,
    el("span", { class: "number" }, one.value === null ? "—" : String(one.value)),
    remark(one, t),
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
  const heads = [t("col_type"), t("col_order"), t("col_value"), t("col_note"), ""];
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
    () => void (isAsked && look()),
  );
  // Nothing is read of a device before somebody asks for it.
  let isAsked = false;
  let busy = false;
  const look = async () => {
    isAsked = true;
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
      if (!choice.fill())
        return box.replaceChildren(el("div", { class: "box" }, nothing(place, t("no_modbus"))));
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
      if (!isAsked) answer.replaceChildren(el("p", { class: "hint" }, t("press_look")));
    },
    tick: () => {
      if (isAsked && live.checked) void look();
    },
  };
}
