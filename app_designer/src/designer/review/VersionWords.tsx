import { Button, Notice, Skeleton, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { localText } from "@sdk/i18n/catalogue";
import { useCallback, useState } from "react";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { useApps, useAsked } from "../versions/ask";
import { notesBetween } from "./instance_changes";
import css from "./review.module.css";
import { useTexts } from "./texts";

interface WordsProps {
  block: string;
  from: number;
  to: number;
}

const FIRST = 12;

/** What is different inside a block between two versions, in words, under what its maker noted. */
export function VersionWords({ block, from, to }: WordsProps) {
  const text = useTexts();
  const { t, language } = useLocale();
  const store = useDesignerStore();
  const apps = useApps();
  const appId = useDesigner((state) => state.appId);
  const draft = useDesigner((state) => state.draft);
  const [whole, setWhole] = useState(false);
  const ask = useCallback(async () => {
    // The server compares what it has.
    await store.flush();
    return apps.blockDiff(appId, block, from, to);
  }, [store, apps, appId, block, from, to]);
  const { asked, again } = useAsked(ask);
  return (
    <div className={css.words}>
      {notesBetween({ draft }, block, from, to).map(({ version, note }) => (
        <p key={version} className={css.note}>
          {text("note", { version: String(version), note })}
        </p>
      ))}
      {asked.kind === "loading" ? (
        <div role="status" aria-label={text("words_loading")}>
          <Skeleton width="100%" height="60px" />
        </div>
      ) : null}
      {asked.kind === "failed" ? (
        <Notice icon="warn" tone="alarm" title={text("words_failed")} hint={describeError(asked.error, t)}>
          <Button onClick={again}>{text("retry")}</Button>
        </Notice>
      ) : null}
      {asked.kind === "here" && asked.value.length === 0 ? <p>{text("words_none")}</p> : null}
      {asked.kind === "here" && asked.value.length > 0 ? (
        <ul>
          {asked.value.slice(0, whole ? undefined : FIRST).map((change) => (
            <li key={`${change.path}${change.op}`}>{localText(change.text, language)}</li>
          ))}
        </ul>
      ) : null}
      {asked.kind === "here" && !whole && asked.value.length > FIRST ? (
        <Button look="quiet" onClick={() => setWhole(true)}>
          {text("words_more", { count: String(asked.value.length - FIRST) })}
        </Button>
      ) : null}
    </div>
  );
}
