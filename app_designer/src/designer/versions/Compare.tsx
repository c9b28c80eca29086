import { Button, Icon, Notice, Skeleton, useLocale } from "@sdk";
import type { Version } from "@sdk/api/apps";
import { describeError } from "@sdk/api/problem";
import { useCallback, useState } from "react";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { useApps, useAsked } from "./ask";
import { Changes } from "./Changes";
import { SideBySide } from "./SideBySide";
import { useTexts } from "./texts";
import css from "./versions.module.css";

/** A version beside the draft or the live one: what changed in words, and on the page. */
export function Compare({ from, back }: { from: number; back: () => void }) {
  const text = useTexts();
  const { t } = useLocale();
  const [to, setTo] = useState<Version>("draft");
  const apps = useApps();
  const store = useDesignerStore();
  const appId = useDesigner((state) => state.appId);
  const ask = useCallback(async () => {
    if (to === "draft") await store.flush();
    return apps.diff(appId, from, to);
  }, [apps, store, appId, from, to]);
  const { asked, again } = useAsked(ask);
  const names = { from: String(from), to: to === "draft" ? text("draft") : text("live") };
  return (
    <div className={css.panel}>
      <Button look="quiet" onClick={back}>
        <Icon name="back" size={18} />
        {text("back")}
      </Button>
      <h3>{text("comparing", names)}</h3>
      <fieldset className={css.choice}>
        <legend className="visually-hidden">{text("compare")}</legend>
        {(["draft", "current"] as const).map((version) => (
          <Button key={version} look="quiet" aria-pressed={to === version} onClick={() => setTo(version)}>
            {text(version === "draft" ? "compare" : "compare_live")}
          </Button>
        ))}
      </fieldset>
      {asked.kind === "loading" ? <Skeleton width="100%" height="160px" /> : null}
      {asked.kind === "failed" ? (
        <Notice icon="warn" title={text("failed")} hint={describeError(asked.error, t)} tone="alarm">
          <Button onClick={again}>{text("retry")}</Button>
        </Notice>
      ) : null}
      {asked.kind === "here" && asked.value.length === 0 ? (
        <Notice icon="check" title={text("no_difference")} />
      ) : null}
      {asked.kind === "here" && asked.value.length > 0 ? (
        <>
          <SideBySide from={from} to={to} changes={asked.value} />
          <Changes changes={asked.value} />
        </>
      ) : null}
    </div>
  );
}
