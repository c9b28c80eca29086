import { api } from "./api";
import { el, form, note } from "./dom";
import { asked, drawPlan } from "./plan";
import { chooser, nothing, type Place, type View } from "./views";

const BYTES_MAX = 16 << 20;

function download(place: Place, kind: "csv" | "xlsx", connection: () => string): HTMLElement {
  const click = () =>
    location.assign(`/api/export?${new URLSearchParams({ format: kind, connection: connection() })}`);
  return el("button", { type: "button", click }, place.t("download", { kind: kind.toUpperCase() }));
}

/** Tags as a sheet: out as a download, in as a difference that is looked at first. */
export function sheetsView(place: Place): View {
  const answer = el("div", { "aria-live": "polite" });
  const choice = chooser(
    place,
    () => true,
    () => undefined,
    true,
  );
  const file = el("input", {
    type: "file",
    name: "file",
    accept: ".csv,.xlsx,.json,.txt",
    required: true,
  });
  const mode = el("select", { name: "mode" });
  const encoding = el("select", { name: "encoding" });
  const compare = async () => {
    const given = file.files?.[0];
    if (!given) return;
    if (given.size > BYTES_MAX) {
      answer.replaceChildren(note(place.t("too_large"), "", true));
      return;
    }
    const connection = choice.select.value;
    const words = { connection, mode: mode.value, encoding: encoding.value, name: given.name.slice(0, 100) };
    await asked(place, answer, async () =>
      drawPlan(place, answer, await api.importFile(new URLSearchParams(words), given)),
    );
  };
  return {
    name: "sheets",
    open(box) {
      const { t } = place;
      if (choice.fill() && choice.select.options.length < 2)
        return box.replaceChildren(el("div", { class: "box" }, nothing(place, t("none"), t("none_hint"))));
      mode.replaceChildren(
        el("option", { value: "merge" }, t("merge")),
        el("option", { value: "replace" }, t("replace")),
      );
      encoding.replaceChildren(
        el("option", { value: "" }, t("encoding_self")),
        ...["utf-8", "gb18030", "cp1252"].map((one) => el("option", { value: one }, one.toUpperCase())),
      );
      const inputs = form(
        () => void compare(),
        "form",
        el("label", {}, t("col_connection"), choice.select),
        el("label", {}, t("file"), file),
        el("label", {}, t("mode"), mode),
        el("label", {}, t("encoding"), encoding),
        el("button", { type: "submit", class: "primary" }, t("see_change")),
      );
      const kinds = (["csv", "xlsx"] as const).map((kind) =>
        download(place, kind, () => choice.select.value),
      );
      box.replaceChildren(
        el("div", { class: "box" }, inputs, el("p", { class: "hint" }, t("sheets_hint"))),
        answer,
        el("div", { class: "box form" }, el("strong", {}, t("export")), ...kinds),
      );
    },
  };
}
