import type { Value } from "@sdk";

/** Version of the bridge; a block says which it was written for. */
export const BRIDGE_VERSION = 1;
/** First word of a frame to its host; the answer carries the port on which all else is said. */
export const HELLO = "interlock.sandbox.hello";
export const WELCOME = "interlock.sandbox.1";

/** Most characters of one message from a frame. */
export const UP_LENGTH_MAX = 16_384;
const TEXT_LENGTH_MAX = 500;
const FIELDS_MAX = 20;
export const HEIGHT_MAX_PX = 4000;

/** What a frame may say. Everything is checked again against the manifest: a frame is not trusted. */
export type Up =
  | { t: "ready"; version: number }
  | { t: "pong"; n: number }
  | { t: "emit"; name: string; payload: ReadonlyMap<string, Value> }
  | { t: "output"; name: string; value: Value }
  | { t: "height"; px: number }
  | { t: "use"; n: number; use: Use }
  | { t: "error"; message: string };

/** A capability in use. Whether it was given is not the frame's to say. */
export type Use =
  | { capability: "clipboard"; text: string }
  | { capability: "download"; name: string; text: string }
  | { capability: "fullscreen"; on: boolean }
  | { capability: "storage"; key: string; text: string | null };

/** One value as a frame gets it. */
export interface FrameValue {
  v: Value;
  q: number;
  ts: number;
  level: string;
  /** The number may be shown as the present value. */
  current: boolean;
  /** What a reader is shown: text in the reader's language, unit, and the word for the quality. */
  text: string;
  unit: string;
  word: string;
  name: string;
}

export type FrameInputs = Readonly<Record<string, readonly (FrameValue | null)[]>>;

/** What a host says. */
export type Down =
  | { t: "init"; version: number; entry: string; view: FrameView; inputs: FrameInputs }
  | { t: "view"; view: FrameView }
  | { t: "inputs"; inputs: FrameInputs }
  | { t: "used"; n: number; ok: boolean; text: string | null }
  | { t: "ping"; n: number };

/** Everything about its place that a frame is told. */
export interface FrameView {
  props: unknown;
  language: string;
  theme: Readonly<Record<string, string>>;
  texts: Readonly<Record<string, string>>;
  width: number;
  height: number;
  compact: boolean;
  enabled: boolean;
  mode: string;
  /** What it was given. */
  capabilities: readonly string[];
}

/** Reads a message of a frame; null when it is not one. Only own, known members are ever looked at. */
export function readUp(data: unknown): Up | null {
  if (typeof data !== "string" || data.length > UP_LENGTH_MAX) return null;
  let given: unknown;
  try {
    given = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) return null;
  const own = (name: string): unknown =>
    Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : null;
  const [name, n] = [own("name"), own("n")];
  switch (own("t")) {
    case "ready":
      return { t: "ready", version: Number(own("version")) };
    case "pong":
      return typeof n === "number" ? { t: "pong", n } : null;
    case "emit": {
      const payload = readPayload(own("payload"));
      return typeof name === "string" && payload ? { t: "emit", name, payload } : null;
    }
    case "output": {
      const value = own("value");
      return typeof name === "string" && isScalar(value) ? { t: "output", name, value } : null;
    }
    case "height": {
      const px = own("px");
      return typeof px === "number" && px >= 0 ? { t: "height", px: Math.min(px, HEIGHT_MAX_PX) } : null;
    }
    case "use": {
      const use = readUse(own);
      return typeof n === "number" && use ? { t: "use", n, use } : null;
    }
    case "error": {
      const message = own("message");
      return typeof message === "string" ? { t: "error", message: message.slice(0, TEXT_LENGTH_MAX) } : null;
    }
    default:
      return null;
  }
}

/** Most characters a block may copy, save or keep at once. */
const USE_TEXT_MAX = 12_000;
const KEY = /^[a-z0-9_]{1,40}$/;

function readUse(own: (name: string) => unknown): Use | null {
  const [name, key, given, on] = [own("name"), own("key"), own("text"), own("on")];
  const text = typeof given === "string" && given.length <= USE_TEXT_MAX ? given : null;
  switch (own("capability")) {
    case "clipboard":
      return text === null ? null : { capability: "clipboard", text };
    case "download":
      return text === null || typeof name !== "string" ? null : { capability: "download", name, text };
    case "fullscreen":
      return typeof on === "boolean" ? { capability: "fullscreen", on } : null;
    case "storage":
      if (typeof key !== "string" || !KEY.test(key) || (given !== null && text === null)) return null;
      return { capability: "storage", key, text };
    default:
      return null;
  }
}

function readPayload(given: unknown): ReadonlyMap<string, Value> | null {
  const payload = new Map<string, Value>();
  if (given === null || given === undefined) return payload;
  if (typeof given !== "object" || Array.isArray(given)) return null;
  const entries = Object.entries(given);
  if (entries.length > FIELDS_MAX) return null;
  for (const [name, value] of entries) {
    if (!isScalar(value)) return null;
    payload.set(name, value);
  }
  return payload;
}

function isScalar(value: unknown): value is Value {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "string" && value.length <= TEXT_LENGTH_MAX;
}

type ValueType = "number" | "integer" | "boolean" | "string" | "any" | undefined;

/** Whether a value is of the type a manifest declares; null always is. */
export function isOfType(value: Value, type: ValueType): boolean {
  if (value === null || type === "any") return true;
  if (type === "integer") return Number.isInteger(value);
  return type !== undefined && typeof value === type;
}
