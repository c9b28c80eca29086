import { api, type DriverForm, type HostsResult, type Search, type SettingField } from "./api";
import { finding } from "./doctor";
import { el, form, mark, note, table } from "./dom";
import { languageOf } from "./entries";
import { asked, drawPlan } from "./plan";
import { settingName, type Translate } from "./texts";
import type { Place, View } from "./views";

type Field = HTMLInputElement | HTMLSelectElement;
const HOSTS_CHARS_MAX = "500";

function inputOf(field: SettingField, t: Translate): Field {
  const { name, required } = field;
  if (field.kind === "choice" || field.kind === "truth") {
    const values = field.kind === "truth" ? ["true", "false"] : field.choices;
    const empty = field.usual
      ? t("usual", { value: field.usual })
      : values.length > 0
        ? "—"
        : t("no_secrets");
    const first = el("option", { value: "" }, required ? t("choose") : empty);
    return el("select", { name, required }, first, ...values.map((value) => el("option", { value }, value)));
  }
  return el("input", {
    name,
    required,
    placeholder: field.usual,
    maxlength: String(field.length ?? 400),
    autocomplete: "off",
    spellcheck: "false",
  });
}

function labelled(name: string, input: Field, hint: string, needed: boolean, t: Translate): HTMLElement {
  const mark_ = needed ? el("span", { class: "quiet" }, ` · ${t("needed")}`) : null;
  const title = el("span", {}, name, mark_);
  const said = el("span", { class: "quiet", id: `hint_${input.name}` }, hint);
  input.setAttribute("aria-describedby", said.id);
  return el("div", { class: "setting" }, el("label", {}, title, input), said);
}

/** The form of one driver, made from what its settings are. */
function settingsOf(place: Place, driver: DriverForm, fields: Map<string, Field>): HTMLElement[] {
  const { t } = place;
  const row = (one: SettingField) => {
    const input = inputOf(one, t);
    fields.set(one.name, input);
    return labelled(settingName(one.name, t), input, one.hint, one.required, t);
  };
  const more = driver.fields.filter((one) => !one.first).map(row);
  const secret = driver.fields.some((one) => one.name === "password_file");
  const notes = [
    ...(secret ? [t("secrets_hint")] : []),
    ...(driver.elsewhere.length > 0 ? [t("elsewhere", { names: driver.elsewhere.join(", ") })] : []),
  ];
  return [
    el("div", { class: "settings" }, ...driver.fields.filter((one) => one.first).map(row)),
    el(
      "details",
      {},
      el("summary", {}, t("more_settings")),
      el("div", { class: "settings" }, ...more),
      ...notes.map((text) => el("p", { class: "hint" }, text)),
    ),
  ];
}

/** Devices of the network, each a way into the form. */
function hostsFound(place: Place, now: Search, end: () => void): HTMLElement | string {
  const { t } = place;
  if (now.kind !== "hosts") return "";
  if (now.state === "running") {
    const bar = el("progress", { "aria-label": t("find_devices") });
    return el("div", { class: "form middle" }, bar, el("button", { type: "button", click: end }, t("end")));
  }
  if (now.state === "failed") return note(now.message ?? "", now.hint ?? "", true);
  if (now.state !== "done") return note(t("search_ended"));
  const { hosts, ports } = now.result as HostsResult;
  const rows = ports.map((one) => [
    el("code", {}, `${one.host}:${one.port}`),
    one.protocol || el("span", { class: "quiet" }, t("unknown_protocol")),
    one.driver
      ? el(
          "button",
          {
            type: "button",
            "aria-label": `${t("use")}${t("colon")}${one.host}:${one.port}`,
            click: () => place.connect(one.driver, one.cells),
          },
          t("use"),
        )
      : "",
  ]);
  return rows.length > 0
    ? table([t("address"), t("protocol"), ""], rows, t("find_devices"))
    : note(t("no_devices", { n: hosts }), t("no_devices_hint"));
}

/** A search for devices by host; its box and what is to be done each second. */
function hostSearch(place: Place) {
  const answer = el("div", { "aria-live": "polite" });
  const hosts = el("input", {
    name: "hosts",
    required: true,
    size: "28",
    maxlength: HOSTS_CHARS_MAX,
    placeholder: "192.168.0.0/24",
    autocomplete: "off",
  });
  let shown = "";
  const show = (now: Search) => {
    const state = JSON.stringify([now.id, now.state]);
    if (state !== shown) answer.replaceChildren(hostsFound(place, now, () => void begin(api.endSearch)));
    shown = state;
  };
  const begin = (ask: () => Promise<Search>) => {
    shown = "";
    return asked(place, answer, async () => show(await ask()));
  };
  const read = async () => show(await api.search());
  return {
    box(): HTMLElement {
      const { t } = place;
      shown = "";
      const inputs = form(
        () => void begin(() => api.hosts(hosts.value)),
        "form",
        el("label", {}, t("hosts"), hosts),
        el("button", { type: "submit" }, t("find_devices")),
      );
      void read().catch(() => undefined);
      return el("div", { class: "box" }, inputs, el("p", { class: "hint" }, t("hosts_hint")), answer);
    },
    tick: () => void read().catch(() => undefined),
  };
}

/** What a new connection is called, and the settings of its driver. */
function connectionForm(place: Place) {
  const driver = el("select", { name: "driver", change: () => draw() });
  const rest = el("div", { class: "connection" });
  const fields = new Map<string, Field>();
  const own = (name: string) =>
    el("input", { name, autocomplete: "off", spellcheck: "false", maxlength: "40" });
  const [id, scan] = [own("id"), own("scan_ms")];
  let forms: DriverForm[] = [];
  let drawn = "";
  const draw = (given: Record<string, string> = {}) => {
    const { t } = place;
    const known = forms.find((one) => one.id === driver.value);
    if (!known) return;
    // Another driver's port or unit means something else.
    const kept = [...fields].filter(([name]) => known.id === drawn || name === "host");
    const before = Object.fromEntries(kept.map(([name, { value }]) => [name, value]));
    drawn = known.id;
    fields.clear();
    const summary = known.summary[languageOf(t)] ?? known.summary.en ?? "";
    rest.replaceChildren(
      el("p", { class: "hint" }, summary),
      ...(known.possible ? settingsOf(place, known, fields) : [note(t("not_here"))]),
    );
    for (const [name, field] of fields) {
      const value = given[name] ?? before[name] ?? "";
      field.value = value;
      if (field instanceof HTMLSelectElement && field.selectedIndex < 0) field.value = "";
    }
  };
  return {
    async load(wanted: string, given: Record<string, string>): Promise<void> {
      const { t } = place;
      const found = await api.drivers();
      const before = wanted || driver.value || "modbus_tcp";
      forms = found.drivers;
      scan.placeholder = String(found.scan_ms);
      driver.replaceChildren(
        ...forms.map((one) =>
          el("option", { value: one.id }, one.name[languageOf(t)] ?? one.name.en ?? one.id),
        ),
      );
      driver.value = before;
      draw(given);
    },
    inputs(): HTMLElement[] {
      const { t } = place;
      id.required = true;
      return [
        el(
          "div",
          { class: "settings" },
          el("div", { class: "setting" }, el("label", {}, t("driver"), driver)),
          labelled(t("id"), id, t("id_hint"), true, t),
          labelled(t("scan_ms"), scan, t("scan_hint"), false, t),
        ),
        rest,
      ];
    },
    driver: () => driver.value,
    cells: () =>
      Object.fromEntries(
        [["id", id] as const, ["scan_ms", scan] as const, ...fields].map(([name, { value }]) => [
          name,
          value.trim(),
        ]),
      ),
  };
}

/** A connection that is not there yet: found or typed, tried, then saved as every other change. */
export function newConnectionView(
  place: Place,
): View & { fill: (driver?: string, given?: Record<string, string>) => void } {
  const answer = el("div", { "aria-live": "polite" });
  const search = hostSearch(place);
  const inputs = connectionForm(place);
  let wanted: [string, Record<string, string>] = ["", {}];
  const attempt = () =>
    asked(place, answer, async () => {
      const { t } = place;
      const { findings } = await api.tryConnection(inputs.driver(), inputs.cells());
      const isFine = findings.every((one) => one.severity !== "problem");
      answer.replaceChildren(
        el(
          "div",
          { class: "box" },
          el("ul", { class: "findings" }, ...findings.map((one) => finding(one, t))),
          isFine ? el("p", {}, mark("ok", t("works"))) : null,
        ),
      );
    });
  const compare = () =>
    asked(place, answer, async () =>
      drawPlan(place, answer, await api.planConnection(inputs.driver(), inputs.cells())),
    );
  return {
    name: "new_connection",
    fill(driver = "", given = {}) {
      wanted = [driver, given];
      answer.replaceChildren();
    },
    open(box) {
      const { t } = place;
      const made = form(
        () => void attempt(),
        "",
        ...inputs.inputs(),
        el(
          "div",
          { class: "form" },
          el("button", { type: "submit", class: "primary" }, t("try")),
          el("button", { type: "button", click: () => void compare() }, t("see_change")),
        ),
      );
      box.replaceChildren(
        search.box(),
        el("div", { class: "box" }, made, el("p", { class: "hint" }, t("new_hint"))),
        answer,
      );
      const [driver, given] = wanted;
      wanted = ["", {}];
      void inputs
        .load(driver, given)
        .catch((error) => answer.replaceChildren(note(place.told(error), "", true)));
    },
    tick: search.tick,
  };
}
