import { api, type Plan, type PlanProblem, type Place as Problem, Refused } from "./api";
import { el, form, mark, note, table } from "./dom";
import { sentences, type Translate } from "./texts";
import type { Place } from "./views";

function facts(tag: Record<string, string>): string {
  const { address = "", type = "", order = "", scale = "", unit = "" } = tag;
  return [address, type, order, scale ? `× ${scale}` : "", unit].filter(Boolean).join(" · ");
}

export function problemTable(problems: PlanProblem[], t: Translate): HTMLElement {
  const rows = problems.map((one) => [
    one.row ? String(one.row) : "—",
    el("code", {}, one.column),
    mark("bad", one.message),
    one.hint,
  ]);
  return table([t("col_row"), t("col_column"), t("col_problem"), t("next")], rows, t("col_problem"));
}

/** Problems of an error with their places in the document. */
export function refusal(place: Place, error: unknown): HTMLElement {
  const told = note(place.told(error), "", true);
  if (!(error instanceof Refused) || error.problems.length === 0) return told;
  return el("div", {}, told, placesTable(error.problems, place.t));
}

function placesTable(problems: Problem[], t: Translate): HTMLElement | null {
  if (problems.length === 0) return null;
  const rows = problems.map(({ line, path, message, hint }) => ({
    row: line ?? 0,
    column: path,
    message,
    hint,
  }));
  return problemTable(rows, t);
}

function differences(plan: Plan, t: Translate): HTMLElement[] {
  return plan.connections.map((one) => {
    const rows = [
      ...one.settings.map((f) => [
        f.before ? mark("warn", t("changed")) : mark("ok", t("added")),
        el("span", {}, el("span", { class: "quiet" }, `${t("setting")} `), el("strong", {}, f.column)),
        f.before ? `${f.before} → ${f.after}` : f.after,
      ]),
      ...one.added.map((tag) => [mark("ok", t("added")), el("strong", {}, tag.name ?? ""), facts(tag)]),
      ...one.changed.map((tag) => [
        mark("warn", t("changed")),
        el("strong", {}, tag.name),
        tag.fields.map((f) => `${f.column}: ${f.before || "∅"} → ${f.after || "∅"}`).join("; "),
      ]),
      ...one.removed.map((tag) => [mark("bad", t("removed")), el("strong", {}, tag.name ?? ""), facts(tag)]),
    ];
    const { added_count, changed_count, removed_count, unchanged } = one;
    const hidden = added_count + changed_count + removed_count + one.settings.length - rows.length;
    return el(
      "div",
      {},
      el(
        "p",
        {},
        el("strong", {}, one.connection),
        ` · ${t("counts", { added: added_count, changed: changed_count, removed: removed_count, unchanged })}`,
      ),
      rows.length > 0 ? table(["", t("col_tag"), t("col_change")], rows, one.connection) : "",
      hidden > 0 ? el("p", { class: "hint" }, t("more_changes", { n: hidden })) : null,
    );
  });
}

/** A note and a button that writes what was shown. */
export function applyForm(place: Place, token: string, done: (message: HTMLElement) => void): HTMLElement {
  const { t } = place;
  const why = el("input", { name: "note", maxlength: "200", placeholder: t("note_hint"), size: "28" });
  const button = el("button", { type: "submit", class: "primary" }, t("apply"));
  const apply = async () => {
    button.disabled = true;
    try {
      const { taken_over, reason, hint, problems } = await api.apply(token, why.value);
      await place.refresh();
      const said = taken_over
        ? mark("ok", t("taken_over"))
        : mark("warn", sentences(t("not_taken_over"), reason, hint));
      done(el("div", {}, el("p", { role: "status" }, said), placesTable(problems, t)));
    } catch (error) {
      done(refusal(place, error));
    }
  };
  return form(() => void apply(), "form apply", el("label", {}, t("note"), why), button);
}

/** Asks the agent for something that takes a while; says what went wrong where the answer would be. */
export async function asked(place: Place, into: HTMLElement, ask: () => Promise<void>): Promise<void> {
  into.replaceChildren(el("p", { role: "status" }, place.t("loading")));
  try {
    await ask();
  } catch (error) {
    into.replaceChildren(el("div", { class: "box" }, refusal(place, error)));
  }
}

/** What would change: problems first; where there are none, what is written and a button that does. */
export function drawPlan(place: Place, into: HTMLElement, plan: Plan): void {
  const { t } = place;
  const left = plan.left_out ?? [];
  const parts: (HTMLElement | string)[] = [
    ...plan.notes.map((text) => el("p", { class: "hint" }, text)),
    ...(left.length > 0
      ? [
          el("p", {}, t("left_out_rows", { n: left.length })),
          problemTable(
            left.map((one) => ({ ...one, hint: "" })),
            t,
          ),
        ]
      : []),
  ];
  if (plan.problems.length > 0) {
    parts.push(note(t("problems", { n: plan.problem_count }), "", true), problemTable(plan.problems, t));
  } else if (!plan.token) {
    parts.push(note(t("no_change")));
  } else {
    parts.push(
      ...differences(plan, t),
      applyForm(place, plan.token, (message) => into.replaceChildren(message)),
    );
  }
  into.replaceChildren(el("div", { class: "box" }, ...parts));
}
