import { refusalIn } from "../src/sdk/refusals";
import { api, type DeadLetter, type Letters, type Settled } from "./api";
import { el, mark, note, table } from "./dom";
import { letterTexts } from "./letter_texts";
import { refusal } from "./plan";
import type { Language } from "./texts";
import type { Place, View } from "./views";

type Text = ReturnType<typeof letterTexts>;
type Done = (what: "sent" | "discarded", ask: () => Promise<Settled>) => void;

/** The file is made in the agent's memory. */
const EXPORT_BYTES_MAX = 16 << 20;

/** What the platform refused for good: to be looked at, taken along, sent again or thrown away. */
export function lettersView(place: Place, language: Language): View {
  const text = letterTexts(language);
  const list = el("div", {});
  const told = el("div", { "aria-live": "polite" });
  const done: Done = async (what, ask) => {
    try {
      const answer = await ask();
      const left = answer.left.length > 0 ? text("left", { ids: answer.left.join(", ") }) : "";
      told.replaceChildren(note(text(what, { n: answer.done }), left));
      draw(answer);
    } catch (error) {
      told.replaceChildren(refusal(place, error));
    }
  };
  const draw = ({ letters, left_out }: Letters) => {
    if (letters.length === 0) return list.replaceChildren(note(text("none"), text("none_hint")));
    const chosen = new Set<number>();
    const actions = actionsOf(text, letters, chosen, done);
    const choose = (id: number, is: boolean) => {
      if (is) chosen.add(id);
      else chosen.delete(id);
      actions.count();
    };
    const boxes = letters.map(({ id }) => choice(text("choose", { n: id }), (is) => choose(id, is)));
    const all = choice(text("all"), (is) => {
      for (const box of boxes) box.checked = is;
      for (const { id } of letters) choose(id, is);
    });
    const heads = ["", text("first"), text("points"), text("connections"), text("reason")];
    const rows = letters.map((one, row) => [boxes[row] as Node, ...cellsOf(place, language, one)]);
    list.replaceChildren(
      el("div", { class: "form" }, el("label", { class: "check" }, all, text("all"))),
      table(heads, rows, place.t("letters")),
      actions.row,
      left_out > 0 ? el("p", { class: "hint" }, text("left_out", { n: left_out })) : "",
    );
  };
  return {
    name: "letters",
    open(box) {
      told.replaceChildren();
      list.replaceChildren(el("p", {}, place.t("loading")));
      box.replaceChildren(told, el("div", { class: "box" }, list, el("p", { class: "hint" }, text("hint"))));
      api.letters().then(draw, (error) => list.replaceChildren(refusal(place, error)));
    },
  };
}

function choice(name: string, act: (is: boolean) => void): HTMLInputElement {
  const box = el("input", { type: "checkbox", "aria-label": name });
  box.addEventListener("change", () => act(box.checked));
  return box;
}

function cellsOf(place: Place, language: Language, one: DeadLetter): (string | Node)[] {
  const text = letterTexts(language);
  const locale = place.t("locale");
  return [
    new Date(one.t_first / 1000).toLocaleString(locale),
    one.points > 0 ? one.points.toLocaleString(locale) : text("records"),
    one.connections.join(", ") || (one.points > 0 ? text("several") : ""),
    el(
      "span",
      { title: one.code },
      one.sound ? mark("warn", refusalIn(language, one.code)) : mark("bad", text("damaged")),
    ),
  ];
}

/** What can be done with the chosen ones; thrown away is only what was pressed twice. */
function actionsOf(text: Text, letters: DeadLetter[], chosen: Set<number>, done: Done) {
  const bytes = () => letters.reduce((sum, one) => sum + (chosen.has(one.id) ? one.bytes : 0), 0);
  const chosenText = el("span", { class: "hint" });
  const again = el("button", { type: "button", class: "primary" }, text("send_again"));
  const out = el("button", { type: "button" }, text("export"));
  const away = el("button", { type: "button" }, text("discard"));
  let asked = false;
  const ask = (now: boolean) => {
    asked = now;
    away.textContent = now ? text("sure", { n: chosen.size }) : text("discard");
  };
  const count = () => {
    chosenText.textContent = text("chosen", { n: chosen.size });
    for (const button of [again, out, away]) button.disabled = chosen.size === 0;
    ask(false); // another choice is asked for anew
  };
  again.addEventListener("click", () => done("sent", () => api.sendAgain([...chosen])));
  out.addEventListener("click", () => {
    if (bytes() > EXPORT_BYTES_MAX) chosenText.textContent = text("too_large");
    else location.assign(`/api/dead-letters/export?ids=${[...chosen].join()}`);
  });
  away.addEventListener("click", () =>
    asked ? done("discarded", () => api.discard([...chosen])) : ask(true),
  );
  away.addEventListener("blur", () => ask(false));
  count();
  return { row: el("div", { class: "form" }, again, out, away, chosenText), count };
}
