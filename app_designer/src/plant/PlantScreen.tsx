import { Button, Notice, Skeleton, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { useState } from "react";
import { AssetsTab } from "./AssetsTab";
import { MappingTab } from "./MappingTab";
import css from "./plant.module.css";
import { usePlant } from "./plant_data";
import { TypesTab } from "./TypesTab";
import type { TabProps } from "./tab_props";
import { usePlantTexts } from "./texts";

const TABS = ["assets", "types", "mapping"] as const;
type Tab = (typeof TABS)[number];

interface ScreenProps {
  role: "viewer" | "operator" | "builder" | "admin";
  /** Tab from the address; the first if not given. */
  tab: string | null;
  onTab: (tab: string) => void;
}

/** The plant: its machines, what kinds of machines there are, and which tag plays which role. */
export default function PlantScreen({ role, tab, onTab }: ScreenProps) {
  const t = usePlantTexts();
  const { t: shared } = useLocale();
  const { state, reload, plantApi } = usePlant();
  const [said, setSaid] = useState("");
  const open: Tab = TABS.find((one) => one === tab) ?? "assets";
  if (role !== "builder" && role !== "admin")
    return <Notice icon="lock" title={t("no_permission")} hint={t("no_permission_hint")} />;
  return (
    <div className={css.screen}>
      <div className={css.head}>
        <h1>{t("title")}</h1>
        <div className={css.tabs} role="tablist" aria-label={t("title")}>
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              className={css.tab}
              aria-selected={one === open}
              onClick={() => onTab(one)}
            >
              {t(one)}
            </button>
          ))}
        </div>
        <span className={css.said} role="status">
          {said}
        </span>
      </div>
      {state.kind === "loading" ? <Loading /> : null}
      {state.kind === "error" ? (
        <Notice icon="warn" title={describeError(state.error, shared)} tone="alarm">
          <Button onClick={() => void reload()}>{t("reload")}</Button>
        </Notice>
      ) : null}
      {state.kind === "ready" ? (
        <TabBody tab={open} plant={state.plant} reload={reload} plantApi={plantApi} tell={setSaid} />
      ) : null}
    </div>
  );
}

function Loading() {
  const t = usePlantTexts();
  return (
    <div aria-busy="true" role="status" aria-label={t("loading")}>
      <Skeleton width="100%" height="420px" />
    </div>
  );
}

function TabBody({ tab, ...props }: TabProps & { tab: Tab }) {
  if (tab === "assets") return <AssetsTab {...props} />;
  return tab === "types" ? <TypesTab {...props} /> : <MappingTab {...props} />;
}
