import { api, Refused, speak } from "./api";
import { browseView } from "./browse";
import { certificatesView } from "./certificates";
import { el, note } from "./dom";
import { entriesView } from "./entries";
import { lettersView } from "./letters";
import { machinesView } from "./machines";
import "./page.css";
import { qualityIn } from "./qualities";
import { searchView } from "./search";
import { sheetsView } from "./sheets";
import { tagFormView } from "./tag_form";
import { type Language, sentences, startLanguage, translator } from "./texts";
import { versionsView } from "./versions";
import { connectionsView, doctorView, type Place, registerView, tagsView, type View } from "./views";

const TICK_MS = 1000;
const root = document.getElementById("page") as HTMLElement;
let language: Language = startLanguage();

function dress(): void {
  speak(language);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.lang = language;
  document.title = `Interlock · ${translator(language)("title")}`;
}

function languageButton(again: () => void): HTMLElement {
  const other: Language = language === "en" ? "zh-CN" : "en";
  const name = other === "en" ? "English" : "中文";
  return el(
    "button",
    {
      type: "button",
      lang: other,
      click: () => {
        language = other;
        localStorage.setItem("language", other);
        dress();
        again();
      },
    },
    name,
  );
}

function head(edge: string, again: () => void, ...more: HTMLElement[]): HTMLElement {
  const t = translator(language);
  return el(
    "header",
    {},
    el("h1", {}, edge ? `${t("title")} ${edge}` : t("title")),
    el("span", { class: "fill" }),
    ...more,
    languageButton(again),
  );
}

function signIn(edge: string, passwordSet: boolean, message = ""): void {
  const t = translator(language);
  const again = () => signIn(edge, passwordSet, message);
  if (!passwordSet) {
    const box = el("div", { class: "box sign" }, note(t("no_password"), t("no_password_hint")));
    root.replaceChildren(head(edge, again), el("main", {}, box));
    return;
  }
  const password = el("input", {
    type: "password",
    name: "password",
    autocomplete: "current-password",
    required: true,
  });
  const enter = async () => {
    try {
      await api.login(password.value);
      work(edge);
    } catch (error) {
      const wrong = error instanceof Refused && error.status === 403;
      signIn(
        edge,
        true,
        wrong ? t("wrong") : error instanceof Refused && error.message ? error.message : t("away"),
      );
    }
  };
  const form = el(
    "form",
    {
      class: "form",
      submit: (event) => {
        event.preventDefault();
        void enter();
      },
    },
    // For password stores: the page has one account.
    el("input", { type: "text", name: "username", value: "page", autocomplete: "username", hidden: true }),
    el("label", {}, t("password"), password),
    message ? el("p", { role: "alert", class: "mark bad" }, message) : null,
    el("button", { type: "submit", class: "primary" }, t("sign_in")),
  );
  root.replaceChildren(head(edge, again), el("main", {}, el("div", { class: "box sign" }, form)));
  password.focus();
}

function viewsOf(place: Place, tagForm: View): View[] {
  return [
    connectionsView(place),
    tagsView(place),
    entriesView(place),
    registerView(place),
    searchView(place),
    browseView(place),
    tagForm,
    sheetsView(place),
    machinesView(place),
    versionsView(place),
    certificatesView(place),
    lettersView(place, language),
    doctorView(place),
  ];
}

function work(edge: string): void {
  const t = translator(language);
  const place: Place = {
    t,
    overview: null,
    told: (error) =>
      error instanceof Refused && error.message ? sentences(error.message, error.hint) : t("away"),
    quality: (code) => qualityIn(language, code),
    makeTag: (connection, given) => {
      tagForm.fill(connection, given);
      show(tagForm);
    },
  };
  const tagForm = tagFormView(place);
  const views = viewsOf(place, tagForm);
  const box = el("div", {});
  const away = el("p", { role: "status", class: "hint" });
  let current = views.find(({ name }) => location.hash === `#${name}`) ?? (views[0] as View);
  let ended = false;
  const buttons = views.map((view) =>
    el("button", { type: "button", click: () => show(view) }, t(view.name)),
  );
  const show = (view: View) => {
    current = view;
    history.replaceState(null, "", `#${view.name}`);
    for (const [place_, button] of buttons.entries()) {
      if (views[place_] === view) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    view.open(box);
  };
  const out = () => {
    ended = true;
    void start();
  };
  const leave = el(
    "button",
    { type: "button", click: () => void api.logout().then(out, out) },
    t("sign_out"),
  );
  const again = () => {
    ended = true;
    work(edge);
  };
  root.replaceChildren(
    head(edge, again, el("nav", { "aria-label": t("title") }, ...buttons), leave),
    el("main", {}, away, box),
  );
  const tick = async () => {
    if (ended) return;
    const first = place.overview === null;
    try {
      if (!document.hidden) {
        place.overview = await api.overview();
        away.textContent = "";
        if (first) show(current);
        else current.tick?.();
      }
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return out();
      away.textContent = place.told(error);
    }
    setTimeout(() => void tick(), TICK_MS);
  };
  show(current);
  void tick();
}

async function start(): Promise<void> {
  dress();
  try {
    const state = await api.state();
    if (state.signed_in) work(state.edge);
    else signIn(state.edge, state.password_set);
  } catch {
    root.replaceChildren(el("main", {}, el("div", { class: "box" }, note(translator(language)("away")))));
    setTimeout(() => void start(), 2 * TICK_MS);
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
void start();
