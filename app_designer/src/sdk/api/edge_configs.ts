import type { ApiClient } from "./client";

/** One pushed or prepared text; it never changes. `ts` is µs UTC. */
export interface ConfigVersion {
  no: number;
  hash: string;
  note: string;
  author: string;
  ts: number;
}

/** Why, in English; `code` and `params` say it once more for a reader of another language. */
export interface ConfigReason {
  reason: string;
  code: string;
  params: Record<string, string>;
}

export interface ConfigProblem {
  code: string;
  params?: Record<string, string>;
  path: string;
  line: number | null;
  message: string;
  hint: string;
}

export type ConfigStateName = "refused" | "unchanged" | "watching" | "kept" | "rolled_back";

/** What the agent last said. `active`: hash of what it runs, empty while its own file holds. */
export interface ConfigState extends ConfigReason {
  hash: string;
  state: ConfigStateName;
  active: string;
  problems: ConfigProblem[];
  ts: number;
  drift: ConfigDrift | null;
}

/** It was changed at the machine. `no`: the version that was pushed last, 0 where it is gone; `ts` is µs UTC. */
export interface ConfigDrift {
  no: number;
  expected: string;
  running: string;
  by: string;
  ts: number;
}

/** A connection that comes, goes or changes. */
export interface ConfigChange {
  what: "added" | "removed" | "changed";
  connection: string;
  fields: string[];
  tags_added: number;
  tags_removed: number;
  tags_changed: number;
}

/** The agent's answer to a dry run or a push. */
export interface ConfigAnswer extends ConfigReason {
  state: string;
  active: string;
  problems: ConfigProblem[];
  changes: ConfigChange[];
  basis: string;
}

export interface RunningConfig extends ConfigReason {
  state: string;
  active: string;
  basis: string;
  text: string;
}

/** What was changed at the machine; `text` is empty where the agent does not tell it. */
export interface ConfigDifference extends ConfigReason {
  drift: ConfigDrift;
  text: string;
  diff: string | null;
  changes: ConfigChange[];
  basis: string;
}

export interface EdgeConfigs {
  versions: ConfigVersion[];
  state: ConfigState | null;
}

/** Changing an agent from afar; see docs/how-to/change-an-agent-from-afar.md. */
export class EdgeConfigsApi {
  constructor(
    private readonly api: ApiClient,
    private readonly edge: string,
  ) {}

  private path = (rest = "") => `/edges/${this.edge}/configs${rest}`;

  list = () => this.api.request<EdgeConfigs>("GET", this.path());
  drift = () => this.api.request<ConfigDifference>("GET", this.path("/drift"));
  running = () => this.api.request<RunningConfig>("GET", this.path("/running"));
  text = async (no: number) => (await this.api.request<{ text: string }>("GET", this.path(`/${no}`))).text;
  diff = async (no: number, before: number) =>
    (await this.api.request<{ diff: string }>("GET", this.path(`/${no}/diff?before=${before}`))).diff;
  check = (text: string) => this.api.request<ConfigAnswer>("POST", this.path("/check"), { text });
  add = (text: string, note: string) => this.api.request<ConfigVersion>("POST", this.path(), { text, note });
  push = (no: number, watchS: number, basis: string) =>
    this.api.request<ConfigAnswer>("POST", this.path(`/${no}/push`), { watch_s: watchS, basis });
}
