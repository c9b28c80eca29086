import type { Connection, Overview } from "./api";
import { el, mark, table } from "./dom";
import type { Text, Translate } from "./texts";

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
  /** Goes to the form of a connection, filled with what is known of it. */
  connect: (driver?: string, given?: Record<string, string>) => void;
  /** Asks for the overview anew, after a change. */
  refresh: () => Promise<void>;
  /** Goes to the bad tags of a connection. */
  showBad: (connection: string) => void;
}

/** A view draws itself into `box`; `tick` comes each second. */
export interface View {
  name: Text;
  open(box: HTMLElement): void;
  tick?(): void;
}

export function age(seconds: number | null, t: Translate): string {
  if (seconds === null) return t("never");
  if (seconds < 90) return t("age_s", { n: Math.round(seconds) });
  return seconds < 5400
    ? t("age_min", { n: Math.round(seconds / 60) })
    : t("age_h", { n: Math.round(seconds / 3600) });
}

/** Where there is nothing yet to work on: the way to make it. */
export function nothing(place: Place, title: string, hint = ""): HTMLElement {
  const make = el("button", { type: "button", class: "primary", click: () => place.connect() });
  make.textContent = place.t("new_connection");
  return el("div", { class: "note" }, el("strong", {}, title), hint ? el("p", {}, hint) : null, make);
}

/** The number of bad tags; it leads to them. */
function badCount(one: Connection, place: Place): HTMLElement | string {
  if (one.bad_tags === 0) return "0";
  const label = place.t("see_bad", { name: one.id, n: one.bad_tags });
  const click = () => place.showBad(one.id);
  return el("button", { type: "button", "aria-label": label, click }, mark("warn", String(one.bad_tags)));
}

/** The connections; their rows stay in place while only ages change, so that what is pressed or focused stays. */
function connectionList(place: Place) {
  const list = el("div", {});
  let ages: HTMLElement[] = [];
  let shown = "";
  const fill = (connections: Connection[]) => {
    const { t } = place;
    const heads = (["col_connection", "col_state", "col_tags", "col_bad", "col_read"] as const).map((one) =>
      t(one),
    );
    ages = connections.map(() => el("span", {}));
    const rows = connections.map((one, at) => [
      el("strong", {}, one.id, " ", el("span", { class: "quiet" }, one.driver)),
      one.up ? mark("ok", t("up")) : mark("bad", one.error || t("down")),
      String(one.tags),
      badCount(one, place),
      ages[at] as HTMLElement,
    ]);
    if (rows.length === 0)
      return list.replaceChildren(el("div", { class: "box" }, nothing(place, t("none"), t("none_hint"))));
    const more = el("button", { type: "button", click: () => place.connect() }, t("new_connection"));
    list.replaceChildren(el("div", { class: "box" }, table(heads, rows, t("connections"))), more);
  };
  const draw = (connections: Connection[], anew: boolean) => {
    const now = JSON.stringify(connections.map((one) => [one.id, one.up, one.error, one.tags, one.bad_tags]));
    if (anew || now !== shown) fill(connections);
    shown = now;
    for (const [at, one] of connections.entries())
      (ages[at] as HTMLElement).textContent = age(one.last_read_age_s, place.t);
  };
  return { list, draw };
}

export function connectionsView(place: Place): View {
  const platform = el("div", { class: "box" });
  const { list, draw } = connectionList(place);
  const show = (anew: boolean) => {
    const { overview, t } = place;
    if (!overview) return platform.replaceChildren(el("p", {}, t("loading")));
    const { connected, address, waiting } = overview.platform;
    platform.replaceChildren(
      el("strong", {}, t("platform") + t("colon")),
      connected ? mark("ok", t("connected")) : mark("warn", t("not_connected")),
      ` ${address} · ${t("waiting", { n: waiting })}`,
    );
    draw(overview.connections, anew);
  };
  return {
    name: "connections",
    open: (box) => {
      box.replaceChildren(platform, list);
      show(true);
    },
    tick: () => show(false),
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
