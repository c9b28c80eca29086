import type { PropSchema } from "@forms/schema";
import { Button, Icon, Notice, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useTexts } from "../i18n/texts";
import type { Conflict, Draft, Path } from "../model/contract";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { getAt, isMembers, sameJson } from "../model/paths";
import { useManifests } from "../pickers/manifests";
import css from "./conflicts.module.css";
import { useWorkbench } from "./workbench";

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
  const { closePanel } = useWorkbench();
  const last = useDesigner((state) => state.conflicts.length === 1);
  const label = useMemberLabel(mine ?? conflict.theirs);
  const choose = (side: "mine" | "theirs") => {
    store.resolve(conflict, side);
    if (last) closePanel();
  };
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
            <tr key={name.join("/")}>
              <th scope="row">{label(name)}</th>
              <td>
                <Side value={getAt(mine, name)} />
              </td>
              <td>
                <Side value={getAt(conflict.theirs, name)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={css.row}>
        <Button onClick={() => choose("mine")}>
          <Icon name="user" size={16} />
          {text("conflict.keep_mine")}
        </Button>
        <Button onClick={() => choose("theirs")}>{text("conflict.take_theirs")}</Button>
      </div>
    </li>
  );
}

function Side({ value }: { value: unknown }) {
  const text = useTexts();
  if (value === undefined) return <em>{text("conflict.deleted")}</em>;
  return <code>{typeof value === "string" ? value : JSON.stringify(value, null, 1)}</code>;
}

const DEPTH = 3;

/** The members two versions differ in, three levels deep: `props`, `title`, `en`, not the whole element. */
export function differing(mine: unknown, theirs: unknown, depth = DEPTH): Path[] {
  if (depth === 0 || !isMembers(mine) || !isMembers(theirs)) return [[]];
  return [...new Set([...Object.keys(mine), ...Object.keys(theirs)])]
    .filter((name) => !sameJson(mine[name], theirs[name]))
    .flatMap((name) => differing(mine[name], theirs[name], depth - 1).map((inner) => [name, ...inner]));
}

/** What a member is called in the inspector, where it belongs to a block; else its own name. */
function useMemberLabel(subject: unknown): (path: Path) => string {
  const { language } = useLocale();
  const type = isMembers(subject) && typeof subject.type === "string" ? subject.type : "";
  const manifest = useManifests().get(type);
  return ([part = "", name = "", ...inner]) => {
    const props = manifest?.props.properties as Record<string, PropSchema> | undefined;
    const key = name.split("/")[1] ?? "";
    const named =
      part === "props"
        ? props?.[name]?.["x-ui"]?.label
        : part === "bind"
          ? (manifest?.inputs?.[key] ?? manifest?.writes?.[key])?.label
          : part === "events"
            ? manifest?.events?.[name]?.label
            : undefined;
    const shown = localText(named, language) || [part, name].filter(Boolean).join(" / ");
    return [shown, ...inner].join(" / ");
  };
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
