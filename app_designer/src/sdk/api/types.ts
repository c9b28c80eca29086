/** Shapes of the platform's HTTP and WebSocket answers (`/api/v1`). Times are integer µs UTC unless said. */

export type Micros = number;
/** A value as it travels: integers beyond 2^53 arrive as strings, bad values as null. */
export type Value = number | string | boolean | null;
/** f float64, i int64, u uint64, b bool, s text. */
export type Kind = "f" | "i" | "u" | "b" | "s";
export type LocalText = string | { en: string; "zh-CN"?: string };

export interface Limits {
  lo_lo?: number | null;
  lo?: number | null;
  hi?: number | null;
  hi_hi?: number | null;
}

export interface TagMeta {
  description?: string | null;
  /** The description by language; the one without is the last resort. */
  description_i18n?: Record<string, string> | null;
  unit?: string | null;
  decimals?: number | null;
  span?: [number, number] | null;
  limits?: Limits | null;
  texts?: Record<string, string> | null;
  /** Value texts by language; what is missing is taken from `texts`. */
  texts_i18n?: Record<string, Record<string, string>> | null;
  colors?: Record<string, string> | null;
  /** How the agent thinned the samples; nothing: every value that is no repeat is a sample. */
  thinned?: { by: "deadband" | "swinging_door"; within: number; silence_max_s: number } | null;
  scan_ms?: number | null;
  address?: string | null;
}

export interface Tag {
  id: number;
  key: string;
  edge: string;
  connection: string;
  kind: Kind;
  meta: TagMeta;
  asset?: string | null;
  role?: string | null;
  /** Whether apps may write it; null: its device does not answer. */
  writable?: boolean | null;
}

export interface TagPage {
  tags: Tag[];
  next: string | number | null;
}

export interface Session {
  user: { name: string; role: "viewer" | "operator" | "builder" | "admin" };
  tenant: string;
  /** IANA name of the site's time zone. */
  zone?: string | null;
}

export interface SeriesStats {
  n: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  first_t: Micros | null;
  last_t: Micros | null;
}

export interface HistorySeries {
  id: number;
  kind: Kind;
  reduced: boolean;
  t: Micros[];
  v: Value[];
  q: number[];
  stats?: SeriesStats | null;
}

export interface HistoryGap {
  edge: string;
  connection: string | null;
  kind: "dropped" | "not_sampled" | "dead";
  reason: string;
  from: Micros;
  to: Micros;
  n: number | null;
  count_of: "points" | "rows" | "cycles";
}

export interface History {
  series: HistorySeries[];
  gaps: HistoryGap[];
}

export interface HistoryQuery {
  ids: number[];
  from: Micros;
  to: Micros;
  points?: number;
  raw?: boolean;
}

export interface AppSummary {
  id: string;
  name: LocalText;
  icon?: string | null;
  release?: number | { no: number } | null;
}

export interface RoleRow {
  asset: string;
  role: string;
  tag_id: number;
  valid_from?: Micros | null;
}

export interface Asset {
  id: string;
  name?: LocalText | null;
  /** The name by language; what is missing is `name`. */
  name_i18n?: Record<string, string>;
  type?: string | null;
  parent?: string | null;
  /** Its place in the plant: site, area, line, machine, part. */
  level?: string | null;
}

export interface ConnectionHealth {
  id: string;
  driver: string | null;
  up: boolean;
  since: Micros | null;
  error: string | null;
  last_read_ts: Micros | null;
  scan_overruns: number | null;
  tags: number | null;
  bad_tags: number | null;
  /** Since the agent's start. */
  timeouts?: number;
  /** Round trip of the last minutes, 95th percentile; 0: not told. */
  rtt_p95_us?: number;
  /** Share of the last minute in which an answer was waited for; 0: not told. */
  busy_permille?: number;
}

export interface EdgeHealth {
  id: string;
  online: boolean;
  offline_since: Micros | null;
  last_value_ts: Micros | null;
  clock_offset_ms: number | null;
  backlog: { points: number | null; bytes: number | null; oldest_ts: Micros | null } | null;
  identity: { accepted: number; acked: number; pending: number; dropped: number; dead: number } | null;
  disk_free: number | null;
  /** Seconds until it drops data if the platform stays away. */
  spool_room_s: number | null;
  /** Whether it runs another configuration than the one pushed last and kept. */
  changed_at_machine?: boolean;
  connections: ConnectionHealth[];
}

/** Whether writes to devices are all held back. */
export interface WritesStop {
  stopped: boolean;
  by: string;
  since: Micros;
  reason: string;
  /** By the platform's machine; only there it is taken back. */
  everywhere: boolean;
}

/** A message of an agent that could not be taken in. */
export interface DeadLetter {
  id: number;
  edge: string;
  connection: string | null;
  received: Micros;
  code: string;
  reason: string;
  bytes: number;
  points: number | null;
  from: Micros | null;
  to: Micros | null;
}

/** The latest, and how many are kept. */
export interface DeadLetters {
  letters: DeadLetter[];
  kept: number;
}

export interface Health {
  now: Micros;
  edges: EdgeHealth[];
  gaps: HistoryGap[];
  dead_letters: number;
  disk: { free: number; total: number } | null;
  broker: { up: boolean } | null;
  store?: Record<string, unknown> | null;
  /** `torn_bytes` were cut off at the start of the platform and never acknowledged. */
  journal?: { torn_bytes?: number; [figure: string]: unknown } | null;
  /** Samples whose time cannot be true, since the start of the platform. */
  impossible_times?: number;
  /** Platforms before 0.2 do not say. */
  writes?: WritesStop;
}
