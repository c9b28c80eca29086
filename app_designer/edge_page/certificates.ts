import { api, type Certificate } from "./api";
import { el, mark, note, table } from "./dom";
import type { Place, View } from "./views";

/** Two presses: whom a machine believes is not changed by one slip. */
function twice(name: string, again: string, act: () => void): HTMLElement {
  const button = el("button", {
    type: "button",
    click: () => {
      if (button.dataset.asked) act();
      button.dataset.asked = "yes";
      button.textContent = again;
    },
    blur: () => {
      delete button.dataset.asked;
      button.textContent = name;
    },
  });
  button.textContent = name;
  return button;
}

export function certificatesView(place: Place): View {
  const list = el("div", { "aria-live": "polite" });
  const draw = (all: Certificate[]) => {
    const { t } = place;
    const rows = all.map((one) => [
      el("strong", {}, one.subject),
      one.state === "trusted" ? mark("ok", t("trusted")) : mark("warn", t("rejected")),
      t("until", { day: one.until }),
      el("code", {}, one.sha256),
      one.state === "trusted"
        ? twice(t("distrust"), t("sure"), () => void read(() => api.trust(one.sha256, "rejected")))
        : twice(t("trust"), t("sure"), () => void read(() => api.trust(one.sha256, "trusted"))),
    ]);
    list.replaceChildren(
      rows.length > 0
        ? table(["", t("col_state"), "", "SHA-256", ""], rows, t("certificates"))
        : note(t("no_certificates"), t("no_certificates_hint")),
    );
  };
  const read = async (ask: () => Promise<{ certificates: Certificate[] }>) => {
    try {
      draw((await ask()).certificates);
    } catch (error) {
      list.replaceChildren(note(place.told(error), "", true));
    }
  };
  return {
    name: "certificates",
    open(box) {
      const hint = el("p", { class: "hint" }, place.t("certificates_hint"));
      box.replaceChildren(el("div", { class: "box" }, list, hint));
      void read(api.certificates);
    },
  };
}
