import { api, type TagState } from "./api";
import { el, mark, note, table } from "./dom";
import { age, chooser, nothing, type Place, type View } from "./views";

const BAD_FROM = 128;
const UNCERTAIN_FROM = 64;

/** The quality in the reader's words, and what the device said where that is more. */
function badly(one: TagState, place: Place): HTMLElement {
  const said = one.error && one.error !== one.quality_label ? ` ${one.error}` : "";
  const word = mark("bad", place.quality(one.quality));
  return el("span", {}, word, said ? el("span", { class: "quiet" }, said) : null);
}

function rowOf(one: TagState, place: Place): (HTMLElement | string)[] {
  return [
    el("strong", {}, one.tag),
    el("span", { class: "number" }, one.value === null ? "—" : `${one.value} ${one.unit}`.trim()),
    one.quality >= BAD_FROM
      ? badly(one, place)
      : one.quality >= UNCERTAIN_FROM
        ? mark("warn", place.quality(one.quality))
        : mark("ok", place.quality(one.quality)),
    age(one.age_s, place.t),
    el("span", { class: "quiet" }, one.address),
  ];
}

export function tagsView(place: Place): View & { showBad: (connection: string) => void } {
  let list: HTMLElement;
  let busy = false;
  const bad = el("input", { type: "checkbox", name: "bad", change: () => void read() });
  const read = async () => {
    if (busy || !choice.fill()) return;
    busy = true;
    try {
      const { tags, left_out } = await api.tags(choice.select.value, bad.checked);
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
    const rows = tags.map((one) => rowOf(one, place));
    list.replaceChildren(
      rows.length > 0 ? table(heads, rows, t("tags")) : note(t(bad.checked ? "none_bad" : "no_tags")),
      ...(left_out > 0 ? [el("p", { class: "hint" }, t("left_out", { n: left_out }))] : []),
    );
  };
  return {
    name: "tags",
    showBad(connection) {
      choice.fill();
      choice.select.value = connection;
      bad.checked = true;
    },
    open(box) {
      list = el("div", {}, place.t("loading"));
      box.replaceChildren(
        el(
          "div",
          { class: "box" },
          el(
            "div",
            { class: "form" },
            el("label", {}, place.t("col_connection"), choice.select),
            el("label", { class: "check" }, bad, place.t("only_bad")),
          ),
          list,
        ),
      );
      if (!choice.fill()) list.replaceChildren(nothing(place, place.t("none"), place.t("none_hint")));
      void read();
    },
    tick: () => void read(),
  };
}
