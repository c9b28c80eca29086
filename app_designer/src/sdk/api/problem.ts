import type { MessageKey, Translate } from "../i18n/catalogue";

/** One finding of a problem document. `path` is a JSON pointer. */
export interface ProblemDetail {
  code: string;
  path: string;
  message: string;
  hint: string;
  /** The same in other languages, where the platform has it. */
  message_i18n?: Record<string, string>;
  hint_i18n?: Record<string, string>;
}

/** An answer of the platform that is not a success, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: ProblemDetail[];
  /** The message in other languages than English, where the platform has it. */
  readonly i18n: Record<string, string>;

  constructor(status: number, code: string, message: string, errors: ProblemDetail[] = [], i18n = {}) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.i18n = i18n;
  }

  /** What the server itself says the reader should do, if it says so. */
  get hint(): string {
    return this.errors.find((entry) => entry.hint)?.hint ?? "";
  }
}

interface ProblemBody {
  type?: string;
  title?: string;
  detail?: string;
  detail_i18n?: Record<string, string>;
  errors?: ProblemDetail[];
}

/** Turns an unsuccessful response into an error that can be shown. */
export async function problemFrom(response: Response): Promise<ApiError> {
  let body: ProblemBody = {};
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    // Not JSON: a proxy's page. The status alone has to speak.
  }
  const first = body.errors?.[0];
  const code = first?.code ?? body.type ?? `http_${response.status}`;
  const message = body.detail || first?.message || body.title || "";
  return new ApiError(response.status, code, message, body.errors ?? [], body.detail_i18n);
}

/** The sentence of our own for an error that comes without one the reader could use. */
export function messageKeyOf(error: unknown): MessageKey {
  if (!(error instanceof ApiError)) return "error.unexpected";
  if (error.status === 0) return "error.unreachable";
  if (error.status === 401) return "error.signed_out";
  if (error.status === 403) return "error.no_permission";
  if (error.status === 404) return "error.not_found";
  if (error.status === 429) return "error.too_many";
  if (error.status >= 500) return "error.server";
  return "error.unexpected";
}

/** Whether our sentence says it well enough: then a reader of another language gets it in that. */
const ours = ({ status, code }: ApiError): boolean =>
  status === 404 || status === 429 || code === "auth.forbidden" || code === "auth.needed";

/** Text for a reader: the platform's own words, in the reader's language or in English, where they say more than ours. */
export function describeError(error: unknown, t: Translate): string {
  const said = error instanceof ApiError && error.i18n[t.language];
  if (said) return said + (error.errors.find(({ hint }) => hint)?.hint_i18n?.[t.language] ?? "");
  const known = error instanceof ApiError && t.language !== "en" && ours(error);
  if (known) return t(messageKeyOf(error));
  if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.message) {
    return error.hint && error.hint !== error.message ? `${error.message} ${error.hint}` : error.message;
  }
  return t(messageKeyOf(error));
}
