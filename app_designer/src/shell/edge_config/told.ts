import type { ConfigProblem, ConfigReason, ConfigVersion } from "@sdk/api/edge_configs";
import { ApiError, describeError } from "@sdk/api/problem";
import type { AreaTranslate } from "@sdk/i18n/area";
import type { Language, Translate } from "@sdk/i18n/catalogue";
import type { ConfigTextKey } from "./texts";

type Text = AreaTranslate<ConfigTextKey>;

const REASONS: Record<string, ConfigTextKey> = {
  "remote.bad": "bad",
  "remote.ended": "ended",
  "remote.unheard": "unheard",
  "remote.busy": "busy",
  "remote.moved": "moved",
  "remote.restart": "restart",
  "remote.secret": "secret",
  "remote.not_taken": "not_taken",
  "remote.stored": "not_stored",
  "remote.unreadable": "unreadable",
  "config.invalid": "invalid",
};

/** The agent's reason in the reader's language where its code is known; else as it came. */
export function reasonText({ reason, code, params }: ConfigReason, text: Text): string {
  const key = REASONS[code];
  return key ? text(key, params) : reason;
}

/** Those that say in English what to do as well as we could are left to do so there. */
const PROBLEMS: Record<string, ConfigTextKey> = {
  "remote.scope": "p_scope",
  "remote.file": "p_file",
  "remote.write": "p_write",
  "remote.secret": "secret",
  "remote.moved": "moved",
  "remote.restart": "restart",
  "config.unknown_key": "p_unknown_key",
  "config.missing": "p_missing",
  "config.choice": "p_choice",
  "config.type": "p_type",
  "config.form": "p_form",
  "config.value": "p_value",
  "config.invalid": "p_value",
  "config.empty": "p_empty",
  "config.duplicate_id": "p_duplicate_id",
  "driver.unknown": "p_driver",
  "tag.duplicate": "p_tag_twice",
  "tag.address": "p_address",
  "template.unknown": "p_template",
  "yaml.syntax": "p_yaml",
};
const KINDS: Record<string, ConfigTextKey> = {
  "a whole number": "k_whole",
  "a number": "k_number",
  text: "k_text",
  "true or false": "k_bool",
  "a mapping (key: value)": "k_mapping",
  "a list": "k_list",
};

/** One problem in the reader's language. An older agent sends no words to put in: then it stays as it came. */
export function problemText(one: ConfigProblem, text: Text, language: Language): string {
  const { code, params = {}, message, hint } = one;
  const key = PROBLEMS[code];
  if (code === "remote.secret") return text("secret");
  if (language === "en" || !key) return `${message}. ${hint}`.trim();
  const kind = KINDS[params.kind ?? ""];
  const words = text(key, kind ? { ...params, kind: text(kind) } : params);
  if (/\{\w+\}/.test(words)) return `${message}. ${hint}`.trim();
  return params.near ? `${words}${text("p_near", { near: params.near })}` : words;
}

/** A version by its text's hash: the newest of that text. */
export function versionOf(versions: ConfigVersion[], hash: string): ConfigVersion | undefined {
  return versions.find((one) => one.hash === hash);
}

/** What failed, in the reader's language where it is one of our own refusals. */
export function failureText(error: unknown, edge: string, text: Text, t: Translate): string {
  const code = error instanceof ApiError ? error.code : "";
  if (code === "edge_config.offline") return `${text("offline", { edge })}. ${text("offline_hint")}`;
  if (code === "edge_config.busy") return text("busy");
  if (code === "edge_config.secret" && error instanceof ApiError) {
    const line = /\d+/.exec(error.errors[0]?.path ?? "")?.[0] ?? "";
    return `${text("line", { line })}: ${text("secret")}`;
  }
  return describeError(error, t);
}

/** Whether the agent is there but leaves the message aside. */
export const isSilent = (error: unknown): boolean =>
  error instanceof ApiError && error.code === "edge_config.silent";
