import { Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import type { AppSummary } from "@sdk/api/types";
import { localText } from "@sdk/i18n/catalogue";
import { type IconName, isIcon } from "@sdk/ui/Icon";
import { LinkButton } from "@sdk/ui/primitives";
import { useEffect, useState } from "react";
import { Frame } from "./Frame";
import { followLink } from "./router";
import css from "./shell.module.css";

/** The apps as cards, and the tools that need no app. */
export function Home() {
  const { language, t } = useLocale();
  const { api } = useServices();
  const [apps, setApps] = useState<AppSummary[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    api.apps().then(setApps, setError);
  }, [api]);
  return (
    <Frame>
      <h1 className={css.screenTitle}>{t("home.apps")}</h1>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <ul className={css.cards}>
        {apps?.map((app) => (
          <Card
            key={app.id}
            href={`/app/${app.id}`}
            icon={isIcon(app.icon) ? app.icon : "apps"}
            title={localText(app.name, language) || app.id}
            hint={releaseOf(app) ? t("home.release", { no: releaseOf(app) }) : ""}
          />
        ))}
        {!apps && !error ? (
          <li>
            <Skeleton width="100%" height="96px" />
          </li>
        ) : null}
      </ul>
      {apps?.length === 0 ? (
        <div className={css.emptyBox}>
          <Notice icon="apps" title={t("home.empty")} hint={t("home.empty_hint")}>
            <LinkButton href="/explore" onClick={followLink}>
              {t("explore.title")}
            </LinkButton>
          </Notice>
        </div>
      ) : null}
      <h2 className={css.screenSub}>{t("home.tools")}</h2>
      <ul className={css.cards}>
        <Card href="/explore" icon="search" title={t("explore.title")} hint={t("home.explore_hint")} />
        <Card href="/health" icon="health" title={t("health.title")} hint={t("home.health_hint")} />
      </ul>
    </Frame>
  );
}

function releaseOf(app: AppSummary): string {
  const { release } = app;
  if (typeof release === "number") return String(release);
  return release ? String(release.no) : "";
}

function Card({ href, icon, title, hint }: { href: string; icon: IconName; title: string; hint: string }) {
  return (
    <li>
      <a className={css.appCard} href={href} onClick={followLink}>
        <span className={css.appIcon}>
          <Icon name={icon} size={26} />
        </span>
        <span className={css.appText}>
          <strong className="truncate" title={title}>
            {title}
          </strong>
          <span>{hint}</span>
        </span>
      </a>
    </li>
  );
}
