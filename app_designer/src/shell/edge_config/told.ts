import type { ConfigVersion } from "@sdk/api/edge_configs";
import { ApiError, describeError } from "@sdk/api/problem";
import type { AreaTranslate } from "@sdk/i18n/area";
import type { Translate } from "@sdk/i18n/catalogue";
import type { ConfigTextKey } from "./texts";

type Text = AreaTranslate<ConfigTextKey>;

const BAD = /^more connections than before are bad: (.*)$/;

/** The agent's reason in the reader's language where it is one of those it always gives; else as it came. */
export function reasonText(reason: string, text: Text): string {
  const bad = BAD.exec(reason);
  if (bad) return text("bad", { names: bad[1] ?? "" });
  if (reason === "the agent ended while it was on trial") return text("ended");
  if (reason === "the platform was not reached at the end of the watch") return text("unheard");
  if (reason === "another configuration is being checked or watched") return text("busy");
  if (reason.startsWith("the configuration was changed since")) return text("moved");
  if (reason.startsWith("a password stands")) return text("secret");
  return reason;
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
