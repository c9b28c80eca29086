import { Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import type { AppSummary } from "@sdk/api/types";
import { localText } from "@sdk/i18n/catalogue";
import { type IconName, isIcon } from "@sdk/ui/Icon";
import { LinkButton } from "@sdk/ui/primitives";
import { useEffect, useState } from "react";
import { Frame } from "./Frame";
import { ImportApp } from "./import_app/ImportApp";
import { useImportTexts } from "./import_app/texts";
import { NewApp } from "./NewApp";
import own from "./new_app.module.css";
import { useNewAppTexts } from "./new_app_texts";
import { followLink } from "./router";
import { useSession } from "./session";
import css from "./shell.module.css";

/** The apps as cards, and the tools that need no app. */
export function Home() {
  const { language, t } = useLocale();
  const { api } = useServices();
  const [apps, setApps] = useState<AppSummary[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);
  const [importing, setImporting] = useState(false);
  const importText = useImportTexts();
  const text = useNewAppTexts();
  const { state } = useSession();
  const builds = state.kind === "in" && ["builder", "admin"].includes(state.session.user.role);
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
            href={releaseOf(app) || !builds ? `/app/${app.id}` : `/design/${app.id}`}
            icon={isIcon(app.icon) ? app.icon : "apps"}
            title={localText(app.name, language) || app.id}
            hint={
              releaseOf(app) ? t("home.release", { no: releaseOf(app) }) : builds ? text("draft_only") : ""
            }
            edit={builds ? `/design/${app.id}` : null}
          />
        ))}
        {builds && apps ? (
          <li>
            <button type="button" className={own.newCard} onClick={() => setAsking(true)}>
              <Icon name="plus" size={22} />
              {text("title")}
            </button>
          </li>
        ) : null}
        {builds && apps ? (
          <li>
            <button type="button" className={own.newCard} onClick={() => setImporting(true)}>
              <Icon name="down" size={22} />
              {importText("title")}
            </button>
          </li>
        ) : null}
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
      {asking ? <NewApp taken={apps?.map((app) => app.id) ?? []} close={() => setAsking(false)} /> : null}
      {importing ? <ImportApp close={() => setImporting(false)} /> : null}
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

interface CardProps {
  href: string;
  icon: IconName;
  title: string;
  hint: string;
  /** Where it is edited, by those who may. */
  edit?: string | null;
}

function Card({ href, icon, title, hint, edit }: CardProps) {
  const text = useNewAppTexts();
  return (
    <li className={own.cardHolder}>
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
      {edit ? (
        <a
          className={own.editLink}
          href={edit}
          aria-label={text("edit_app", { name: title })}
          onClick={followLink}
        >
          {text("edit")}
        </a>
      ) : null}
    </li>
  );
}
