import { api, Refused, speak } from "./api";
import { browseView } from "./browse";
import { certificatesView } from "./certificates";
import { doctorView } from "./doctor";
import { el, note } from "./dom";
import { entriesView } from "./entries";
import { lettersView } from "./letters";
import { machinesView } from "./machines";
import { navigation } from "./navigation";
import { newConnectionView } from "./new_connection";
import "./page.css";
import { qualityIn } from "./qualities";
import { registerView } from "./register";
import { searchView } from "./search";
import { sheetsView } from "./sheets";
import { tagFormView } from "./tag_form";
import { tagsView } from "./tags";
import { type Language, sentences, startLanguage, translator } from "./texts";
import { versionsView } from "./versions";
import { connectionsView, type Place, type View } from "./views";

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

function viewsOf(place: Place, tags: View, tagForm: View, connection: View): View[] {
  return [
    connectionsView(place),
    connection,
    tags,
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
    connect: (driver, given) => {
      connection.fill(driver, given);
      show(connection);
    },
    refresh: async () => {
      place.overview = await api.overview();
    },
    showBad: (id) => {
      tags.showBad(id);
      show(tags);
    },
  };
  const [tags, tagForm, connection] = [tagsView(place), tagFormView(place), newConnectionView(place)];
  const views = viewsOf(place, tags, tagForm, connection);
  const box = el("div", {});
  const away = el("p", { role: "status", class: "hint" });
  let current = views.find(({ name }) => location.hash === `#${name}`) ?? (views[0] as View);
  let ended = false;
  const nav = navigation(views, t, (view) => show(view));
  const show = (view: View) => {
    current = view;
    history.replaceState(null, "", `#${view.name}`);
    nav.mark(view);
    // What is typed into a view that was drawn too early would be lost when it is drawn again.
    if (place.overview) view.open(box);
    else box.replaceChildren(el("p", {}, t("loading")));
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
  root.replaceChildren(head(edge, again, nav.bar, leave), el("main", {}, away, box));
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
