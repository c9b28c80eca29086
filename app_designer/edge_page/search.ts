import { api, type ScanResult, type Search } from "./api";
import { el, form, mark, note, table } from "./dom";
import { asked, drawPlan } from "./plan";
import { chooser, nothing, type Place, type View } from "./views";

const TABLES = ["holding", "input", "coil", "discrete"];
/** What one search can ask for, also where the device refuses every address. */
const LAST = 499;

/** What can be asked next where a search found nothing, or did not come to its end. */
export interface NextSearch {
  again(table: string, first: number, last: number): void;
  sunspec(): void;
}

/** Where devices that have nothing at 0 often begin. */
const OTHER_FIRST = [1000, 4000, 30000];

function nothingAnswers(place: Place, result: ScanResult, next: NextSearch): HTMLElement {
  const { t } = place;
  const first = result.refused[0]?.[0] ?? 0;
  const last = result.refused.at(-1)?.[1] ?? 0;
  const isRefused = result.refused.length > 0 && result.unknown.length === 0;
  const said = isRefused
    ? note(t("refused_all", { range: rangeOf(result.table, first, last) }), t("refused_hint"))
    : note(t("nothing_answers"), t("nothing_answers_hint"));
  const button = (text: string, click: () => void) => el("button", { type: "button", click }, text);
  const tables = TABLES.filter((one) => one !== result.table && (one === "holding" || one === "input"));
  return el(
    "div",
    {},
    said,
    el(
      "div",
      { class: "form middle" },
      el("strong", {}, t("next_try") + t("colon")),
      button(t("look_for_sunspec"), () => next.sunspec()),
      ...tables.map((one) => button(t("other_table", { name: one }), () => next.again(one, 0, LAST))),
      ...OTHER_FIRST.map((one) =>
        button(t("other_base", { first: one }), () => next.again(result.table, one, one + LAST)),
      ),
    ),
  );
}

const rangeOf = (table: string, first: number, last: number) =>
  first === last ? `${table}:${first}` : `${table}:${first}–${last}`;

function drawScan(place: Place, into: HTMLElement, result: ScanResult, next: NextSearch): void {
  const { t } = place;
  const of = (kind: "found" | "refused" | "unknown", shown: HTMLElement) =>
    result[kind].map(([first, last]) => [
      el("code", {}, rangeOf(result.table, first, last)),
      String(last - first + 1),
      shown.cloneNode(true),
    ]);
  const rows = [
    ...of("found", mark("ok", t("answers"))),
    ...of("refused", mark("warn", t("hole"))),
    ...of("unknown", el("span", { class: "quiet" }, t("unknown"))),
  ];
  // Silence is not more to be asked; used up requests are.
  const rest = result.found.length > 0 || result.refused.length > 0 ? result.unknown.at(-1) : undefined;
  const [from, to] = rest ?? [0, 0];
  into.replaceChildren(
    el(
      "div",
      { class: "box" },
      result.found.length > 0 ? null : nothingAnswers(place, result, next),
      rows.length > 0 ? table([t("address"), t("words"), t("col_state")], rows, t("search")) : null,
      el("p", { class: "hint" }, t("requests", { n: result.requests })),
      result.block ? el("p", { class: "hint" }, t("block", { n: result.block })) : null,
      result.ended ? el("p", {}, mark("warn", result.ended)) : null,
      rest
        ? el(
            "button",
            { type: "button", click: () => next.again(result.table, from, to) },
            t("go_on", { first: from }),
          )
        : null,
    ),
  );
}

function draw(place: Place, into: HTMLElement, now: Search, end: () => void, next: NextSearch): void {
  const { t } = place;
  if (now.kind === "hosts") into.replaceChildren();
  else if (now.state === "running") {
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
  else if (now.state === "done" && now.kind === "scan") drawScan(place, into, now.result as ScanResult, next);
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
  const last = number("last", String(LAST));
  let shown = "";
  const show = (now: Search) => {
    // What ended stays as it was drawn: a note may be being written there.
    const state = JSON.stringify([now.id, now.state, now.progress]);
    if (state !== shown) draw(place, answer, now, () => void begin(api.endSearch), next);
    shown = state;
  };
  const begin = (ask: () => Promise<Search>) => {
    shown = "";
    return asked(place, answer, async () => show(await ask()));
  };
  const scan = () =>
    begin(() => api.scan(choice.select.value, tables.value, Number(first.value), Number(last.value)));
  const sunspec = () => void begin(() => api.sunspec(choice.select.value));
  const next: NextSearch = {
    sunspec,
    again: (name, from, to) => {
      tables.value = name;
      first.value = String(from);
      last.value = String(to);
      void scan();
    },
  };
  const read = async () => show(await api.search());
  return {
    name: "search",
    open(box) {
      const { t } = place;
      shown = "";
      if (!choice.fill())
        return box.replaceChildren(el("div", { class: "box" }, nothing(place, t("no_modbus"))));
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
