import { api, type ConfigVersion } from "./api";
import { el, mark, note, table } from "./dom";
import { applyForm, refusal } from "./plan";
import { sentences, type Text, type Translate } from "./texts";
import type { Place, View } from "./views";

const REASONS: Record<string, Text> = {
  "remote.bad": "why_bad",
  "remote.ended": "why_ended",
  "remote.unheard": "why_unheard",
  "remote.not_taken": "why_not_taken",
};

function originText(one: ConfigVersion, t: Translate): string {
  if (one.origin === "machine") return t("from_machine");
  if (one.origin === "platform")
    return one.pushed_no > 0 ? t("from_platform", { n: one.pushed_no }) : t("from_platform_some");
  const key = REASONS[one.code];
  return t("from_rollback", { why: key ? t(key, one.params) : one.reason });
}

function lookButton(one: ConfigVersion, t: Translate, click: () => void) {
  const label = `${t("difference")}: ${t("back_to", { n: one.number })}`;
  return el("button", { type: "button", "aria-label": label, click }, t("difference"));
}

/** What the configuration was; a difference is looked at before one goes back. */
export function versionsView(place: Place): View {
  const list = el("div", {});
  const answer = el("div", { "aria-live": "polite" });
  const look = async (one: ConfigVersion) => {
    const { t } = place;
    answer.replaceChildren(el("p", {}, t("loading")));
    try {
      const { token, lines, left_out, problems } = await api.version(one.number);
      const text = el("div", { class: "diff", tabindex: "0", role: "region", "aria-label": t("difference") });
      for (const line of lines) {
        const sign = line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : "";
        text.append(el("div", { class: sign }, line || " "));
      }
      answer.replaceChildren(
        el(
          "div",
          { class: "box" },
          el("strong", {}, t("back_to", { n: one.number })),
          lines.length > 0 ? text : note(t("no_change")),
          left_out > 0 ? el("p", { class: "hint" }, t("more_lines", { n: left_out })) : null,
          ...problems.map((p) =>
            el("p", {}, mark("bad", `${p.path} ${sentences(p.message, p.hint)}`.trim())),
          ),
          token ? applyForm(place, token, (message) => void read(message)) : null,
        ),
      );
    } catch (error) {
      answer.replaceChildren(el("div", { class: "box" }, refusal(place, error)));
    }
  };
  const read = async (message?: HTMLElement) => {
    const { t } = place;
    if (message) answer.replaceChildren(message);
    try {
      const { versions } = await api.versions();
      const rows = versions.map((one) => [
        el("strong", {}, String(one.number)),
        new Date(one.time / 1000).toLocaleString(t("locale")),
        originText(one, t),
        one.author,
        one.note,
        one.now ? mark("ok", t("now")) : lookButton(one, t, () => void look(one)),
      ]);
      list.replaceChildren(
        rows.length > 0
          ? table(
              [t("col_version"), t("col_time"), t("col_origin"), t("col_author"), t("note"), ""],
              rows,
              t("versions"),
            )
          : note(t("no_versions")),
      );
    } catch (error) {
      list.replaceChildren(refusal(place, error));
    }
  };
  return {
    name: "versions",
    open(box) {
      answer.replaceChildren();
      list.replaceChildren(el("p", {}, place.t("loading")));
      box.replaceChildren(
        answer,
        el("div", { class: "box" }, list, el("p", { class: "hint" }, place.t("versions_hint"))),
      );
      void read();
    },
  };
}
