import { api, type Finding } from "./api";
import { el, mark, note } from "./dom";
import type { Translate } from "./texts";
import { chooser, nothing, type Place, type View } from "./views";

export function finding(one: Finding, t: Translate): HTMLElement {
  const state = one.severity === "ok" ? "ok" : one.severity === "note" ? "warn" : "bad";
  return el(
    "li",
    {},
    mark(state, one.where + t("colon") + one.what),
    one.evidence ? el("p", { class: "hint" }, t("evidence") + t("colon") + one.evidence) : null,
    one.next_step ? el("p", {}, el("strong", {}, t("next") + t("colon")), one.next_step) : null,
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
        return box.replaceChildren(el("div", { class: "box" }, nothing(place, t("none"), t("none_hint"))));
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
