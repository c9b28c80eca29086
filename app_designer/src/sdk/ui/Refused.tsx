import { ApiError, describeError } from "../api/problem";
import { useLocale } from "../context";
import { Notice } from "./primitives";
import css from "./refused.module.css";

/** So many problems are listed; mending the first ones often mends the rest. */
const LISTED_MAX = 5;

/** What the platform refused and, where it is about places in documents, what is wrong at each of them. */
export function Refused({ error }: { error: unknown }) {
  const { t, language } = useLocale();
  const places = error instanceof ApiError ? error.errors.filter((one) => one.path) : [];
  if (!(error instanceof ApiError) || places.length === 0) {
    return <Notice icon="warn" title={describeError(error, t)} tone="alarm" />;
  }
  return (
    <Notice icon="warn" title={error.i18n[language] ?? error.message} tone="alarm">
      <ul className={css.places}>
        {places.slice(0, LISTED_MAX).map((one) => (
          <li key={`${one.code} ${one.path} ${one.message}`}>
            {one.message_i18n?.[language] ?? one.message} {one.hint_i18n?.[language] ?? one.hint}
            <code>{one.path}</code>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
