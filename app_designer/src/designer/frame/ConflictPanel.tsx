import { Button, Icon, Notice, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useTexts } from "../i18n/texts";
import type { Conflict, Draft } from "../model/contract";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { getAt, isMembers, sameJson } from "../model/paths";
import css from "./conflicts.module.css";

/** What both changed, side by side; nothing is lost before somebody chooses. */
export default function ConflictPanel() {
  const text = useTexts();
  const conflicts = useDesigner((state) => state.conflicts);
  if (conflicts.length === 0) return <Notice icon="check" title={text("save.saved")} />;
  return (
    <ul className={css.conflicts}>
      {conflicts.map((conflict) => (
        <Question key={conflict.path.join("/")} conflict={conflict} />
      ))}
    </ul>
  );
}

function Question({ conflict }: { conflict: Conflict }) {
  const text = useTexts();
  const store = useDesignerStore();
  const title = useConflictTitle(conflict);
  const mine = useDesigner((state) => getAt(state.draft, conflict.path));
  const who = conflict.by || text("conflict.somebody");
  const names = differing(mine, conflict.theirs);
  return (
    <li className={css.question}>
      <h3>{title}</h3>
      <p>{text("conflict.hint", { who })}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{text("conflict.member")}</th>
            <th scope="col">{text("conflict.mine")}</th>
            <th scope="col">{`${text("conflict.theirs")} (${who})`}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Side value={name ? getAt(mine, name.split("/")) : mine} />
              </td>
              <td>
                <Side value={name ? getAt(conflict.theirs, name.split("/")) : conflict.theirs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={css.row}>
        <Button onClick={() => store.resolve(conflict, "mine")}>
          <Icon name="user" size={16} />
          {text("conflict.keep_mine")}
        </Button>
        <Button onClick={() => store.resolve(conflict, "theirs")}>{text("conflict.take_theirs")}</Button>
      </div>
    </li>
  );
}

function Side({ value }: { value: unknown }) {
  const text = useTexts();
  if (value === undefined) return <em>{text("conflict.deleted")}</em>;
  return <code>{typeof value === "string" ? value : JSON.stringify(value, null, 1)}</code>;
}

/** The members two versions differ in, two levels deep: `props/title`, not the whole element. */
export function differing(mine: unknown, theirs: unknown): string[] {
  if (!isMembers(mine) || !isMembers(theirs)) return [""];
  const names: string[] = [];
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const [a, b] = [mine[name], theirs[name]];
    if (sameJson(a, b)) continue;
    if (!isMembers(a) || !isMembers(b)) names.push(name);
    else for (const inner of differing(a, b)) names.push(inner.includes("/") ? name : `${name}/${inner}`);
  }
  return [...new Set(names)];
}

function pageName(draft: Draft, id: string, language: "en" | "zh-CN"): string {
  return localText(draft.pages[id]?.title ?? draft.blocks[id]?.name, language) || id;
}

function useConflictTitle({ path, mine, theirs }: Conflict): string {
  const text = useTexts();
  const { language } = useLocale();
  const draft = useDesigner((state) => state.draft);
  const [root, id = "", part, ...rest] = path;
  if (root === "app") return text("conflict.app", { member: [id, part].filter(Boolean).join(" / ") });
  const page = pageName(draft, id, language);
  const name = (element: string) => {
    const found = (
      part === "elements" ? (mine ?? theirs) : getAt(draft, [root ?? "", id, "elements", element])
    ) as { name?: string; type?: string } | undefined;
    return found?.name || found?.type || element;
  };
  if (part === "elements") return text("conflict.element", { name: name(rest[0] ?? ""), page });
  if (part === "layout") return text("conflict.place", { name: name(rest.at(-1) ?? ""), page });
  return part ? text("conflict.page", { page, member: part }) : text("conflict.whole_page", { page });
}
