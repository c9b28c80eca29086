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
  return (
    <Notice icon="warn" title={describeError(error, t)} tone="alarm">
      {places.length > 0 ? (
        <ul className={css.places}>
          {places.slice(0, LISTED_MAX).map((one) => (
            <li key={`${one.code} ${one.path} ${one.message}`} title={one.path}>
              {one.message_i18n?.[language] ?? one.message}
              <code>{one.path}</code>
            </li>
          ))}
        </ul>
      ) : null}
    </Notice>
  );
}
