import { api, type BrowseItem } from "./api";
import { el, note } from "./dom";
import { chooser, nothing, type Place, type View } from "./views";

/** A device's name without what a tag's name cannot have. */
function tagName(name: string): string {
  return [...name].map((sign) => (/[/+#]/.test(sign) || sign < " " ? "_" : sign)).join("");
}

export function browseView(place: Place): View {
  const choice = chooser(
    place,
    (one) => one.browsable,
    () => void start(),
  );
  const tree = el("div", {});
  const start = async () => {
    if (choice.fill()) await fill(tree, "");
  };
  const fill = async (into: HTMLElement, parent: string) => {
    into.replaceChildren(el("p", {}, place.t("loading")));
    try {
      const { items } = await api.browse(choice.select.value, parent);
      into.replaceChildren(
        items.length > 0 ? el("ul", {}, ...items.map(entry)) : el("p", {}, place.t("empty")),
      );
    } catch (error) {
      into.replaceChildren(note(place.told(error), "", true));
    }
  };
  const entry = (item: BrowseItem): HTMLElement => {
    const inner = el("div", {});
    const facts = [el("span", { class: "quiet" }, ` ${item.type} `), el("code", {}, item.address)];
    if (!item.has_children) {
      const make = () =>
        place.makeTag(choice.select.value, {
          name: tagName(item.name),
          address: item.address,
          type: item.type,
        });
      const button = { type: "button", "aria-label": `${place.t("make_tag")}: ${item.name}`, click: make };
      return el("li", {}, item.name, ...facts, " ", el("button", button, place.t("make_tag")));
    }
    const open = el(
      "button",
      {
        type: "button",
        "aria-expanded": "false",
        "aria-label": place.t("open", { name: item.name }),
        click: () => {
          const opened = open.getAttribute("aria-expanded") === "true";
          open.setAttribute("aria-expanded", String(!opened));
          if (opened) inner.replaceChildren();
          else void fill(inner, item.address);
        },
      },
      item.name,
    );
    return el("li", {}, open, ...facts, inner);
  };
  return {
    name: "browse",
    open(box) {
      const { t } = place;
      if (!choice.fill())
        return box.replaceChildren(el("div", { class: "box" }, nothing(place, t("no_browse"))));
      const form = el("div", { class: "form" }, el("label", {}, t("col_connection"), choice.select));
      box.replaceChildren(el("div", { class: "box" }, form, tree));
      void start();
    },
  };
}
