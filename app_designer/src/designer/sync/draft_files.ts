import { csrfToken } from "@sdk/api/client";
import { ApiError, problemFrom } from "@sdk/api/problem";

/** A file of the draft as the server holds it. */
export interface FileEntry {
  readonly path: string;
  readonly etag: string;
  readonly updated_by: string;
  /** Of a version of a block: the first release that contains it; null: none does. */
  readonly release: number | null;
}

export interface FileContent {
  readonly document: unknown;
  readonly etag: string;
}

export interface FileSource {
  /** Every file with its content, in one answer. */
  all(): Promise<(FileEntry & { readonly content: unknown })[]>;
  list(): Promise<FileEntry[]>;
  read(path: string): Promise<FileContent>;
  /** Writes over the version with `etag`, or a new file when null. Throws `ApiError` 412 if it is another by now. */
  write(path: string, document: unknown, etag: string | null): Promise<string>;
  remove(path: string, etag: string): Promise<void>;
}

async function ask(method: string, url: string, headers: Record<string, string>, body?: string) {
  const sent: Record<string, string> = { Accept: "application/json", ...headers };
  if (method !== "GET") sent["X-Interlock-CSRF"] = csrfToken(document.cookie);
  const init: RequestInit = { method, headers: sent, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    sent["Content-Type"] = "application/json";
    init.body = body;
  }
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok) throw await problemFrom(response);
  return response;
}

/** The draft of an app on the platform, file by file. */
export function draftFiles(appId: string): FileSource {
  const base = `/api/v1/apps/${encodeURIComponent(appId)}/draft/files`;
  const at = (path: string) => `${base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  return {
    all: async () => {
      const answer = await (await ask("GET", base.replace(/\/files$/, ""), {})).json();
      return (answer as { files: (FileEntry & { content: unknown })[] }).files;
    },
    list: async () => (await (await ask("GET", base, {})).json()) as FileEntry[],
    read: async (path) => {
      const response = await ask("GET", at(path), {});
      return { document: await response.json(), etag: response.headers.get("ETag") ?? "" };
    },
    write: async (path, content, etag) => {
      const guard: Record<string, string> = etag === null ? { "If-None-Match": "*" } : { "If-Match": etag };
      const response = await ask("PUT", at(path), guard, JSON.stringify(content));
      return response.headers.get("ETag") ?? "";
    },
    remove: async (path, etag) => {
      await ask("DELETE", at(path), { "If-Match": etag });
    },
  };
}

/** Somebody else who has this draft open. */
export interface Present {
  readonly name: string;
  readonly client: string;
  readonly page: string;
  readonly element: string | null;
}

/** Tells where one is; answers where the others are. */
export async function reportPresence(
  appId: string,
  mine: { client: string; page: string; element: string | null },
): Promise<Present[]> {
  const url = `/api/v1/apps/${encodeURIComponent(appId)}/draft/presence`;
  return (await (await ask("POST", url, {}, JSON.stringify(mine))).json()) as Present[];
}
