import { csrfToken } from "./client";
import { ApiError, problemFrom } from "./problem";

const BASE = "/api/v1";

/** Sends or fetches something that is not JSON. */
export async function raw(method: string, path: string, body?: Blob): Promise<Response> {
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["X-Interlock-CSRF"] = csrfToken(document.cookie);
  if (body) headers["Content-Type"] = body.type;
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body) init.body = body;
  let response: Response;
  try {
    response = await fetch(BASE + path, init);
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
  if (!response.ok) throw await problemFrom(response);
  return response;
}
