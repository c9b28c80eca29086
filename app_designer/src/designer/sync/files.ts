import type {
  AppDocument,
  AppTestDocument,
  CompositeDocument,
  PageDocument,
} from "../../generated/documents.gen";
import type { Draft, Path } from "../model/contract";

/** Files of a draft by their path in the app, for example `pages/overview.json`. */
export type Files = Readonly<Record<string, unknown>>;

const FOLDERS = ["pages", "blocks", "tests"] as const;

/** Where the content of a file is in the draft; null for files the designer does not edit. */
export function draftPath(file: string): Path | null {
  if (file === "app.json") return ["app"];
  const [folder, name, more] = file.split("/");
  if (more !== undefined || !name?.endsWith(".json")) return null;
  return FOLDERS.some((known) => known === folder) ? [folder as string, name.slice(0, -5)] : null;
}

/** The file that holds a place of the draft. */
export function fileOf(path: Path): string {
  return path[0] === "app" ? "app.json" : `${path[0]}/${path[1]}.json`;
}

/** Every file of a draft; unchanged ones are the same objects as before. */
export function filesOf(draft: Draft): Record<string, unknown> {
  const files: Record<string, unknown> = { "app.json": draft.app };
  for (const folder of FOLDERS) {
    for (const [name, document] of Object.entries(draft[folder])) files[`${folder}/${name}.json`] = document;
  }
  return files;
}

function folderOf<T>(files: Files, folder: string): Record<string, T> {
  const found: Record<string, T> = {};
  for (const [path, document] of Object.entries(files)) {
    const place = draftPath(path);
    if (place?.[0] === folder && place[1] !== undefined) found[place[1]] = document as T;
  }
  return found;
}

/** The draft that files make. */
export function draftOf(files: Files): Draft {
  return {
    app: files["app.json"] as AppDocument,
    pages: folderOf<PageDocument>(files, "pages"),
    blocks: folderOf<CompositeDocument>(files, "blocks"),
    tests: folderOf<AppTestDocument>(files, "tests"),
  };
}
