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

/** What a driver asks for, as a form. */
export interface SettingField {
  name: string;
  kind: "text" | "whole" | "number" | "truth" | "choice" | "list";
  required: boolean;
  /** Shown before "More settings". */
  first: boolean;
  usual: string;
  choices: string[];
  hint: string;
  length: number | null;
}

export interface DriverForm {
  id: string;
  name: Record<string, string>;
  summary: Record<string, string>;
  fields: SettingField[];
  /** Settings that are named on the machine only. */
  elsewhere: string[];
  possible: boolean;
}

/** A port of a machine that is open. */
export interface PortFound {
  host: string;
  port: number;
  protocol: string;
  /** Which driver speaks it, and its settings; empty where none does. */
  driver: string;
  cells: Record<string, string>;
}

export interface HostsResult {
  hosts: number;
  ports: PortFound[];
}

export interface RegisterReading {
  address: { tag: string; five_digits: string; six_digits: string; hex: string; from_0: number };
  error: string;
  hint: string;
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

/** A batch that the platform refused for good; times in µs UTC. */
export interface DeadLetter {
  id: number;
  code: string;
  points: number;
  bytes: number;
  t_first: number;
  connections: string[];
  /** Whether its body is whole, so that it can be sent again. */
  sound: boolean;
}

export interface Letters {
  letters: DeadLetter[];
  left_out: number;
}

/** `left`: those that could not be sent again, or were gone. */
export type Settled = Letters & { done: number; left: number[] };

export interface PlanProblem {
  /** Row of a sheet or line of the file; 0 where there is none. */
  row: number;
  column: string;
  message: string;
  hint: string;
}

export interface FieldChange {
  column: string;
  before: string;
  after: string;
}

export interface PlanDiff {
  connection: string;
  settings: FieldChange[];
  unchanged: number;
  added: Record<string, string>[];
  changed: { name: string; fields: FieldChange[] }[];
  removed: Record<string, string>[];
  added_count: number;
  changed_count: number;
  removed_count: number;
}

/** What a change would do; `token` applies it, and is empty where there is nothing to apply. */
export interface Plan {
  token: string;
  problems: PlanProblem[];
  problem_count: number;
  notes: string[];
  connections: PlanDiff[];
  left_out?: { row: number; column: string; message: string }[];
}

/** A tag that people type. */
export interface EntryField {
  /** connection/tag. */
  key: string;
  connection: string;
  tag: string;
  unit: string;
  kind: "number" | "whole" | "truth" | "text" | "choice";
  description: string;
  description_i18n: Record<string, string>;
  length: number | null;
  span: [number, number] | null;
  texts: Record<string, string>;
  texts_i18n: Record<string, Record<string, string>>;
  /** Times are µs UTC, as text. */
  last: { value: string; ts: string } | null;
  /** How long an entry holds, µs; 0: until the next one. */
  holds_us: number;
}

export interface Place {
  code: string;
  path: string;
  line: number | null;
  message: string;
  hint: string;
}

export interface Applied {
  taken_over: boolean;
  reason: string;
  hint: string;
  problems: Place[];
}

export interface Tried {
  value: number | string | boolean | null;
  quality: number | null;
  error: string;
  hint?: string;
  unit?: string;
}

export interface ConfigVersion {
  number: number;
  time: number;
  author: string;
  note: string;
  now: boolean;
  origin: "machine" | "platform" | "rollback";
  /** The platform's number of what it pushed; 0: not told. */
  pushed_no: number;
  /** Why it went back by itself, in English; `code` and `params` for readers of another language. */
  reason: string;
  code: string;
  params: Record<string, string>;
}

export interface TemplateField {
  name: string;
  usual: string | null;
}

export interface TemplateEntry {
  id: string;
  title: string;
  summary: string;
  driver: string;
}

export interface Templates {
  library: TemplateEntry[];
  copies: TemplateEntry[];
}

export interface ScanResult {
  table: string;
  /** First and last address, both included. */
  found: [number, number][];
  refused: [number, number][];
  unknown: [number, number][];
  requests: number;
  /** Why it ended early; empty where it did not. */
  ended: string;
  /** Longest block where the device refused a longer one. */
  block: number | null;
}

/** The one search there is. */
export interface Search {
  state: "none" | "running" | "done" | "failed" | "ended";
  kind: "scan" | "sunspec" | "hosts";
  connection: string;
  id: string;
  progress: { done?: number; whole?: number; requests?: number };
  result?: ScanResult | Plan | HostsResult;
  message?: string;
  hint?: string;
}

/** The agent said no, or did not answer; `status` 0: it is not there. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint = "",
    readonly problems: Place[] = [],
    readonly code = "",
  ) {
    super(message);
  }
}

let language = "en";

/** The language in which the agent is to say things. */
export function speak(wanted: string): void {
  language = wanted;
}

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "Accept-Language": language };
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (method === "POST") {
    // A header no form of another page can send.
    const kind = body instanceof Blob ? "application/octet-stream" : "application/json";
    headers["Content-Type"] = kind;
    headers["X-Interlock-Page"] = "1";
    init.body = body instanceof Blob ? body : JSON.stringify(body ?? {});
  }
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    throw new Refused(0, "");
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok)
    throw new Refused(
      answer.status,
      String(content.message ?? answer.status),
      content.hint ?? "",
      content.problems ?? [],
      String(content.code ?? ""),
    );
  return content as T;
}

export const api = {
  state: () => call<{ signed_in: boolean; password_set: boolean; edge: string }>("GET", "/api/state"),
  login: (password: string) => call<unknown>("POST", "/api/login", { password }),
  logout: () => call<unknown>("POST", "/api/logout"),
  overview: () => call<Overview>("GET", "/api/overview"),
  tags: (connection: string, onlyBad = false) =>
    call<{ tags: TagState[]; left_out: number }>(
      "GET",
      `/api/tags?${new URLSearchParams({ connection, ...(onlyBad ? { bad: "1" } : {}) })}`,
    ),
  register: (body: { connection: string; address: string; words: number }) =>
    call<RegisterReading>("POST", "/api/register", body),
  doctor: (connection: string) => call<{ findings: Finding[] }>("POST", "/api/doctor", { connection }),
  certificates: () => call<{ certificates: Certificate[] }>("GET", "/api/certificates"),
  trust: (sha256: string, state: Certificate["state"]) =>
    call<{ certificates: Certificate[] }>("POST", "/api/trust", { sha256, state }),
  browse: (connection: string, parent: string) =>
    call<{ items: BrowseItem[] }>("POST", "/api/browse", { connection, parent }),
  tag: (connection: string, name: string) =>
    call<{ cells: Record<string, string> | null }>("POST", "/api/tag", { connection, name }),
  letters: () => call<Letters>("GET", "/api/dead-letters"),
  sendAgain: (ids: number[]) => call<Settled>("POST", "/api/dead-letters/send-again", { ids }),
  discard: (ids: number[]) => call<Settled>("POST", "/api/dead-letters/discard", { ids }),
  tryTag: (connection: string, cells: Record<string, string>) =>
    call<Tried>("POST", "/api/tag/try", { connection, cells }),
  planTag: (connection: string, cells: Record<string, string>) =>
    call<Plan>("POST", "/api/tag/plan", { connection, cells }),
  importFile: (query: URLSearchParams, file: Blob) => call<Plan>("POST", `/api/import?${query}`, file),
  apply: (token: string, note: string) => call<Applied>("POST", "/api/apply", { token, note }),
  versions: () => call<{ versions: ConfigVersion[] }>("GET", "/api/versions"),
  version: (number: number) =>
    call<{ token: string; lines: string[]; left_out: number; problems: Place[] }>("POST", "/api/version", {
      number,
    }),
  templates: () => call<Templates>("GET", "/api/templates"),
  template: (base: string) =>
    call<{ fields: TemplateField[]; tags: number; notes: string[] }>("POST", "/api/template", { base }),
  machines: (base: string, uses: Record<string, string>[]) =>
    call<Plan>("POST", "/api/machines", { base, uses }),
  drivers: () => call<{ drivers: DriverForm[]; scan_ms: number }>("GET", "/api/drivers"),
  tryConnection: (driver: string, cells: Record<string, string>) =>
    call<{ findings: Finding[] }>("POST", "/api/connection/try", { driver, cells }),
  planConnection: (driver: string, cells: Record<string, string>) =>
    call<Plan>("POST", "/api/connection/plan", { driver, cells }),
  hosts: (hosts: string) => call<Search>("POST", "/api/search/hosts", { hosts }),
  search: () => call<Search>("GET", "/api/search"),
  scan: (connection: string, table: string, first: number, last: number) =>
    call<Search>("POST", "/api/search/scan", { connection, table, first, last }),
  sunspec: (connection: string) => call<Search>("POST", "/api/search/sunspec", { connection }),
  entries: () => call<{ fields: EntryField[]; left_out: number }>("GET", "/api/entries"),
  /** `once` is the same when an entry is sent again, so that it is kept once; `at` is empty for now. */
  enter: (body: { key: string; value: string; at: string; once: string }) =>
    call<{ value: string; ts: string; replaced: string | null }>("POST", "/api/enter", body),
  endSearch: () => call<Search>("POST", "/api/search/end"),
};
