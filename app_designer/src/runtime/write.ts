import type { PreparedWrite, WriteApproval, WrittenValue } from "@sdk/api/plant";
import { ApiError, describeError } from "@sdk/api/problem";
import type { Value } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { signalName, signalOfTag } from "@sdk/bindings/signal";
import type { WriteOutcome } from "@sdk/component";
import type { ShownValue } from "@sdk/format/number";
import { type MessageKey, translator } from "@sdk/i18n/catalogue";
import { formatStored } from "@sdk/preferences/format_shown";
import { assess } from "@sdk/quality";
import { mayUse } from "./access";
import { assetOf, tagIdFor } from "./binding";
import { en } from "./i18n/en";
import { type RuntimeText, runtimeTexts } from "./i18n/texts";
import type { RuntimeScope } from "./scope";
import { fitsState, stateSpec } from "./state_spec";

/** What is asked of the person before a value is written. */
export interface ConfirmRequest {
  name: string;
  how: "dialog" | "hold";
  old: ShownValue;
  /** What makes the present value doubtful (stale, bad, …); null when nothing does. */
  oldDoubt: MessageKey | null;
  next: ShownValue;
  expires_in_s: number;
  approval: WriteApproval;
}

/** Yes or no; or yes, with the password of who vouches for it (name empty: whoever writes). */
export type ConfirmAnswer = boolean | { name: string; password: string };

export interface WriteDialogs {
  /** Asks; false when the person says no or waits too long. */
  confirmWrite: (request: ConfirmRequest) => Promise<ConfirmAnswer>;
}

type Host = WriteDialogs & { readonly dry: boolean };

/** A write as the server is asked for it: by the element, so that only what was published is believed. */
export type WriteAsk = { element: string; asset: string; role: string; value: Value } & (
  | { write: string }
  | { event: string; step: number }
);

const CODES = new Set<string>(Object.keys(en));

/** Why the server said no, in the reader's language where we have words for it. */
function refusal(scope: RuntimeScope, error: unknown): WriteOutcome {
  const known = error instanceof ApiError && CODES.has(error.code) ? (error.code as RuntimeText) : null;
  const text = describeError(error, translator(scope.language));
  const message = known && scope.language !== "en" ? runtimeTexts(scope.language)(known) : text;
  return { status: "refused", message };
}

/** Why the device or its agent said no. The agent's own sentence has the numbers, but only in English. */
function refusedBy({ language }: RuntimeScope, { code, reason }: WrittenValue): string {
  const t = runtimeTexts(language);
  if (language !== "en" && CODES.has(code)) return t(code as RuntimeText);
  return `${t("write.refused")}${reason ? ` (${reason})` : ""}`;
}

function wordsOf(scope: RuntimeScope) {
  const t = translator(scope.language);
  return { yes: t("common.yes"), no: t("common.no"), none: t("common.none") };
}

function shown(scope: RuntimeScope, prepared: PreparedWrite, value: Value): ShownValue {
  const tag = scope.loaded.tags.get(prepared.tag.id);
  const meta = { unit: prepared.unit, decimals: prepared.decimals };
  return formatStored(
    value,
    tag ?? { kind: prepared.tag.kind, meta },
    scope.units,
    scope.language,
    wordsOf(scope),
  );
}

function doubtOf({ v = null, q = 140, ts = 0, fresh = 0 }: PreparedWrite["old"]): MessageKey | null {
  return q === 1 ? null : assess({ v, q, ts, fresh, good: null }, true).word;
}

function targetName(scope: RuntimeScope, ask: WriteAsk, prepared: PreparedWrite): string {
  const tag = scope.loaded.tags.get(prepared.tag.id);
  const machine = assetName(scope.loaded.assets.get(ask.asset), ask.asset, scope.language);
  return `${machine} · ${tag ? signalName(signalOfTag(tag), scope.language) : ask.role}`;
}

const words = ({ text, unit }: ShownValue): string => (unit ? `${text} ${unit}` : text);

/** A value for a role's tag as the reader knows it, where nothing was asked of the server. */
export function wouldWrite(
  scope: RuntimeScope,
  { asset, role, value }: Pick<WriteAsk, "asset" | "role" | "value">,
): string {
  const tag = scope.loaded.tags.get(tagIdFor(scope.loaded, asset, role) ?? Number.NaN);
  if (!tag) return String(value);
  return words(formatStored(value, tag, scope.units, scope.language, wordsOf(scope)));
}

async function prepare(scope: RuntimeScope, ask: WriteAsk): Promise<PreparedWrite> {
  const { loaded, page, path, services } = scope;
  const body = { ...ask, app: loaded.app.id, release: loaded.release, page, element: path + ask.element };
  return services.api.request<PreparedWrite>("POST", "/writes/prepare", body);
}

async function execute(
  scope: RuntimeScope,
  prepared: PreparedWrite,
  name: string,
  yes: ConfirmAnswer,
): Promise<WriteOutcome> {
  const t = runtimeTexts(scope.language);
  try {
    const confirmed = prepared.confirm;
    const body = typeof yes === "object" ? { confirmed, approval: yes } : { confirmed };
    const answer = await scope.services.api.request<WrittenValue>("POST", `/writes/${prepared.token}`, body);
    if (answer.outcome === "done") {
      return {
        status: "done",
        message: t("write.done", { name, value: words(shown(scope, prepared, answer.value)) }),
      };
    }
    if (answer.outcome === "unknown") return { status: "unknown", message: t("write.unknown") };
    return { status: "refused", message: refusedBy(scope, answer) };
  } catch (error) {
    // Sent, and no answer: it may have arrived. Only an answer with a reason is a no.
    const said = error instanceof ApiError && error.status >= 400 && error.status < 500;
    return said ? refusal(scope, error) : { status: "unknown", message: t("write.unknown") };
  }
}

/** Writes a tag through the server's guard: prepared, confirmed by the person, done once. Never throws. */
export async function guardedWrite(scope: RuntimeScope, host: Host, ask: WriteAsk): Promise<WriteOutcome> {
  const t = runtimeTexts(scope.language);
  if (scope.services.past) return { status: "refused", message: t("write.past") };
  if (host.dry || scope.mode !== "run" || scope.loaded.release === 0) {
    return { status: "preview", message: t("write.preview", { value: wouldWrite(scope, ask) }) };
  }
  let prepared: PreparedWrite;
  try {
    prepared = await prepare(scope, ask);
  } catch (error) {
    return refusal(scope, error);
  }
  const name = targetName(scope, ask, prepared);
  let yes: ConfirmAnswer = true;
  if (prepared.confirm !== "none") {
    yes = await host.confirmWrite({
      name,
      how: prepared.confirm,
      old: shown(scope, prepared, prepared.old.v ?? null),
      oldDoubt: doubtOf(prepared.old),
      next: shown(scope, prepared, prepared.new),
      expires_in_s: prepared.expires_in_s,
      approval: prepared.approval,
    });
    if (!yes) return { status: "cancelled", message: t("write.cancelled") };
  }
  return execute(scope, prepared, name, yes);
}

function writeState(scope: RuntimeScope, name: string, value: Value): WriteOutcome {
  const t = runtimeTexts(scope.language);
  const spec = stateSpec(scope, name);
  if (!spec) return { status: "refused", message: t("action.no_state", { name }) };
  if (!fitsState(spec, value)) return { status: "refused", message: t("action.wrong_state", { name }) };
  scope.memory.states.set(name, value);
  return { status: "done" };
}

/** A declared write of a block: sets a state, or goes through the guard. Never throws. */
export async function elementWrite(
  scope: RuntimeScope,
  host: Host,
  element: string,
  name: string,
  value: Value,
): Promise<WriteOutcome> {
  const t = runtimeTexts(scope.language);
  const document = scope.elements[element];
  const bound = document?.bind?.[`/${name}`];
  if (!mayUse(document?.access, scope.user)) return { status: "refused", message: t("write.use") };
  if (bound?.source === "state") return writeState(scope, bound.name, value);
  if (bound?.source !== "tag" || bound.role === "*")
    return { status: "refused", message: t("write.not_bound") };
  return guardedWrite(scope, host, {
    element,
    write: name,
    asset: assetOf(scope, bound.asset),
    role: bound.role,
    value,
  });
}
