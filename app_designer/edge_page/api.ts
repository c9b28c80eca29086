/** What the agent's own page asks of the agent. */

export interface Connection {
  id: string;
  driver: string;
  up: boolean;
  error: string;
  since: number;
  tags: number;
  bad_tags: number;
  last_read_age_s: number | null;
  /** A Modbus device whose registers can be looked at. */
  modbus: boolean;
  /** Whether its addresses can be listed. */
  browsable: boolean;
}

export interface Overview {
  edge: string;
  version: string;
  now: number;
  platform: { connected: boolean; address: string; waiting: number };
  connections: Connection[];
}

export interface TagState {
  connection: string;
  tag: string;
  address: string;
  value: number | string | boolean | null;
  unit: string;
  quality: number;
  quality_label: string;
  age_s: number | null;
  error: string;
}

export interface Form {
  type: string;
  order: string;
  value: number | string | null;
  mark: "likely" | "possible" | "unlikely";
  note: string;
}

export interface RegisterReading {
  address: { tag: string; five_digits: string; six_digits: string; hex: string; from_0: number };
  error: string;
  elapsed_ms: number;
  words: string[];
  bits: boolean[];
  forms: Form[];
}

export interface Finding {
  code: string;
  severity: "ok" | "note" | "problem";
  where: string;
  what: string;
  evidence: string;
  next_step: string;
}

export interface BrowseItem {
  address: string;
  name: string;
  type: string;
  has_children: boolean;
}

export interface Certificate {
  state: "trusted" | "rejected";
  sha256: string;
  subject: string;
  until: string;
}

/** The agent said no, or did not answer; `status` 0: it is not there. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint = "",
  ) {
    super(message);
  }
}

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin", cache: "no-store" };
  if (method === "POST") {
    // A header no form of another page can send.
    init.headers = { "Content-Type": "application/json", "X-Interlock-Page": "1" };
    init.body = JSON.stringify(body ?? {});
  }
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Refused(0, "");
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok)
    throw new Refused(answer.status, String(content.message ?? answer.status), content.hint ?? "");
  return content as T;
}

export const api = {
  state: () => call<{ signed_in: boolean; password_set: boolean; edge: string }>("GET", "/api/state"),
  login: (password: string) => call<unknown>("POST", "/api/login", { password }),
  logout: () => call<unknown>("POST", "/api/logout"),
  overview: () => call<Overview>("GET", "/api/overview"),
  tags: (connection: string) =>
    call<{ tags: TagState[]; left_out: number }>(
      "GET",
      `/api/tags?connection=${encodeURIComponent(connection)}`,
    ),
  register: (body: { connection: string; address: string; words: number }) =>
    call<RegisterReading>("POST", "/api/register", body),
  doctor: (connection: string) => call<{ findings: Finding[] }>("POST", "/api/doctor", { connection }),
  certificates: () => call<{ certificates: Certificate[] }>("GET", "/api/certificates"),
  trust: (sha256: string, state: Certificate["state"]) =>
    call<{ certificates: Certificate[] }>("POST", "/api/trust", { sha256, state }),
  browse: (connection: string, parent: string) =>
    call<{ items: BrowseItem[] }>("POST", "/api/browse", { connection, parent }),
};
