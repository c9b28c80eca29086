import { api, type ScanResult, type Search } from "./api";
import { el, form, mark, note, table } from "./dom";
import { asked, drawPlan } from "./plan";
import { chooser, type Place, type View } from "./views";

const TABLES = ["holding", "input", "coil", "discrete"];

function drawScan(place: Place, into: HTMLElement, result: ScanResult): void {
  const { t } = place;
  const name = (first: number, last: number) =>
    first === last ? `${result.table}:${first}` : `${result.table}:${first}–${last}`;
  const of = (kind: "found" | "holes" | "unknown", shown: HTMLElement) =>
    result[kind].map(([first, last]) => [
      el("code", {}, name(first, last)),
      String(last - first + 1),
      shown.cloneNode(true),
    ]);
  const rows = [
    ...of("found", mark("ok", t("answers"))),
    ...of("holes", mark("warn", t("hole"))),
    ...of("unknown", el("span", { class: "quiet" }, t("unknown"))),
  ];
  into.replaceChildren(
    el(
      "div",
      { class: "box" },
      rows.length > 0
        ? table([t("address"), t("words"), t("col_state")], rows, t("search"))
        : note(t("nothing_answers"), t("nothing_answers_hint")),
      el("p", { class: "hint" }, t("requests", { n: result.requests })),
      result.block ? el("p", { class: "hint" }, t("block", { n: result.block })) : null,
      result.ended ? el("p", {}, mark("warn", result.ended)) : null,
    ),
  );
}

function draw(place: Place, into: HTMLElement, now: Search, end: () => void): void {
  const { t } = place;
  if (now.state === "running") {
    const { done = 0, whole = 0, requests = 0 } = now.progress;
    const bar = el("progress", {
      max: String(whole || 1),
      "aria-label": t("searching", { name: now.connection }),
    });
    if (whole > 0) bar.value = done;
    const button = el("button", { type: "button", click: end }, t("end"));
    const text = `${t("searching", { name: now.connection })} ${t("requests", { n: requests })}`;
    into.replaceChildren(el("div", { class: "box form" }, bar, el("span", {}, text), button));
  } else if (now.state === "failed") into.replaceChildren(note(now.message ?? "", now.hint ?? "", true));
  else if (now.state === "ended") into.replaceChildren(note(t("search_ended")));
  else if (now.state === "done" && now.kind === "scan") drawScan(place, into, now.result as ScanResult);
  else if (now.state === "done" && now.result && "token" in now.result) drawPlan(place, into, now.result);
  else into.replaceChildren();
}

/** Which addresses answer, and what a SunSpec device says of itself. */
export function searchView(place: Place): View {
  const answer = el("div", {});
  const choice = chooser(
    place,
    (one) => one.modbus,
    () => undefined,
  );
  const tables = el("select", { name: "table" }, ...TABLES.map((one) => el("option", { value: one }, one)));
  const number = (name: string, value: string) =>
    el("input", { name, type: "number", min: "0", max: "65535", value, required: true });
  const first = number("first", "0");
  const last = number("last", "999");
  let shown = "";
  const show = (now: Search) => {
    // What ended stays as it was drawn: a note may be being written there.
    const state = JSON.stringify([now.id, now.state, now.progress]);
    if (state !== shown) draw(place, answer, now, () => void begin(api.endSearch));
    shown = state;
  };
  const begin = (ask: () => Promise<Search>) => {
    shown = "";
    return asked(place, answer, async () => show(await ask()));
  };
  const scan = () =>
    begin(() => api.scan(choice.select.value, tables.value, Number(first.value), Number(last.value)));
  const read = async () => show(await api.search());
  return {
    name: "search",
    open(box) {
      const { t } = place;
      shown = "";
      if (!choice.fill()) return box.replaceChildren(el("div", { class: "box" }, note(t("no_modbus"))));
      const sunspec = () => void begin(() => api.sunspec(choice.select.value));
      const inputs = form(
        () => void scan(),
        "form",
        el("label", {}, t("col_connection"), choice.select),
        el("label", {}, t("table"), tables),
        el("label", {}, t("from"), first),
        el("label", {}, t("to"), last),
        el("button", { type: "submit", class: "primary" }, t("look_for_addresses")),
        el("button", { type: "button", click: sunspec }, t("look_for_sunspec")),
      );
      box.replaceChildren(
        el("div", { class: "box" }, inputs, el("p", { class: "hint" }, t("search_hint"))),
        answer,
      );
      void read().catch(() => undefined);
    },
    tick: () => void read().catch(() => undefined),
  };
}
