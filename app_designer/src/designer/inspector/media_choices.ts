import type { MediaChoices } from "@forms/choices";
import { csrfToken } from "@sdk/api/client";
import { ApiError, problemFrom } from "@sdk/api/problem";
import { useEffect, useMemo, useState } from "react";
import { useDesigner } from "../model/hooks";

interface MediaEntry {
  name: string;
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw await problemFrom(response);
  return response.json();
}

async function list(base: string): Promise<string[]> {
  const answer = (await answerOf(await fetch(base, { credentials: "same-origin" }))) as
    | { media?: MediaEntry[] }
    | MediaEntry[];
  const entries = Array.isArray(answer) ? answer : (answer.media ?? []);
  return entries.map((entry) => entry.name);
}

async function upload(base: string, file: File): Promise<string> {
  let response: Response;
  try {
    response = await fetch(base, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": file.type, "X-Interlock-CSRF": csrfToken(document.cookie) },
      body: file,
    });
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
  return ((await answerOf(response)) as MediaEntry).name;
}

/** The pictures of the app's media library. */
export function useMediaChoices(): MediaChoices {
  const appId = useDesigner((state) => state.appId);
  const base = `/api/v1/apps/${appId}/media`;
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    list(base).then(
      (found) => !gone && setNames(found),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [base]);
  return useMemo(
    () => ({
      names,
      url: (name) => `${base}/${name}`,
      upload: async (file) => {
        const name = await upload(base, file);
        setNames((known) => (known.includes(name) ? known : [...known, name]));
        return name;
      },
    }),
    [names, base],
  );
}
