import { el } from "./dom";
import type { Translate } from "./texts";
import type { View } from "./views";

/** The views as a row of buttons; on a phone behind one button, which says where one is. */
export function navigation(views: View[], t: Translate, go: (view: View) => void) {
  const list = el("div", { class: "views", id: "views" });
  const menu = el("button", { type: "button", class: "menu", "aria-controls": "views" });
  const set = (isOpen: boolean) => {
    menu.setAttribute("aria-expanded", String(isOpen));
    list.classList.toggle("open", isOpen);
  };
  const buttons = views.map((view) => {
    const click = () => {
      set(false);
      go(view);
    };
    return el("button", { type: "button", click }, t(view.name));
  });
  list.append(...buttons);
  menu.addEventListener("click", () => set(menu.getAttribute("aria-expanded") !== "true"));
  set(false);
  return {
    bar: el("nav", { "aria-label": t("title") }, menu, list),
    mark(current: View) {
      menu.textContent = `☰ ${t("menu")}${t("colon")}${t(current.name)}`;
      for (const [at, button] of buttons.entries()) {
        if (views[at] === current) button.setAttribute("aria-current", "page");
        else button.removeAttribute("aria-current");
      }
    },
  };
}
