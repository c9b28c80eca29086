import { Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import type { AppSummary } from "@sdk/api/types";
import { localText } from "@sdk/i18n/catalogue";
import { homeOrder } from "@sdk/preferences/marks";
import { LinkButton } from "@sdk/ui/primitives";
import { useEffect, useMemo, useState } from "react";
import { Frame } from "./Frame";
import { AppTile, HomeCard } from "./home/AppTile";
import home from "./home/home.module.css";
import { useHomeTexts } from "./home/texts";
import { ImportApp } from "./import_app/ImportApp";
import { useImportTexts } from "./import_app/texts";
import { NewApp } from "./NewApp";
import own from "./new_app.module.css";
import { useNewAppTexts } from "./new_app_texts";
import { usePreferences } from "./preferences";
import { followLink } from "./router";
import { useSession } from "./session";
import css from "./shell.module.css";

/** With so many apps a search stands above them. */
const SEARCH_FROM = 7;

type Named = AppSummary & { shown: string };

/** The apps as one finds them: favourites, then those opened last; those whose name has what is searched. */
function useShownApps(apps: AppSummary[] | null, search: string): AppSummary[] {
  const { language } = useLocale();
  const { preferences } = usePreferences();
  return useMemo(() => {
    const named = (apps ?? []).map((app) => ({ ...app, shown: localText(app.name, language) || app.id }));
    const rows = homeOrder(
      named.map((app) => ({ id: app.id, name: app.shown, app })),
      preferences,
    );
    const wanted = search.trim().toLocaleLowerCase();
    const fits = ({ shown, id }: Named) => `${shown} ${id}`.toLocaleLowerCase().includes(wanted);
    return rows.map(({ app }) => app).filter(fits);
  }, [apps, preferences, language, search]);
}

/** The apps as tiles, and the tools that need no app. */
export function Home() {
  const { t } = useLocale();
  const { api } = useServices();
  const [apps, setApps] = useState<AppSummary[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [search, setSearch] = useState("");
  const text = useHomeTexts();
  const { state } = useSession();
  const role = state.kind === "in" ? state.session.user.role : "viewer";
  const builds = role === "builder" || role === "admin";
  useEffect(() => {
    api.apps().then(setApps, setError);
  }, [api]);
  const shown = useShownApps(apps, search);
  return (
    <Frame>
      <div className={home.head}>
        <h1 className={css.screenTitle}>{t("home.apps")}</h1>
        {(apps?.length ?? 0) >= SEARCH_FROM ? (
          <input
            type="search"
            className={home.search}
            aria-label={text("search")}
            placeholder={text("search")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        ) : null}
      </div>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <ul className={css.cards}>
        {shown.map((app) => (
          <AppTile key={app.id} app={app} builds={builds} />
        ))}
        {builds && apps ? <Building taken={apps.map((app) => app.id)} /> : null}
        {!apps && !error ? (
          <li>
            <Skeleton width="100%" height="96px" />
          </li>
        ) : null}
      </ul>
      {search && shown.length === 0 ? <Notice icon="search" title={text("none_found", { search })} /> : null}
      {apps?.length === 0 ? <Empty role={role} /> : null}
      <h2 className={css.screenSub}>{t("home.tools")}</h2>
      <ul className={css.cards}>
        <li>
          <HomeCard href="/explore" icon="search" title={t("explore.title")} hint={t("home.explore_hint")} />
        </li>
        <li>
          <HomeCard href="/health" icon="health" title={t("health.title")} hint={t("home.health_hint")} />
        </li>
      </ul>
    </Frame>
  );
}

/** What builders can do here: make an app, or bring one. */
function Building({ taken }: { taken: string[] }) {
  const [open, setOpen] = useState<"new" | "import" | null>(null);
  const text = useNewAppTexts();
  const importText = useImportTexts();
  return (
    <>
      <li>
        <button type="button" className={own.newCard} onClick={() => setOpen("new")}>
          <Icon name="plus" size={22} />
          {text("title")}
        </button>
      </li>
      <li>
        <button type="button" className={own.newCard} onClick={() => setOpen("import")}>
          <Icon name="down" size={22} />
          {importText("title")}
        </button>
      </li>
      {open === "new" ? <NewApp taken={taken} close={() => setOpen(null)} /> : null}
      {open === "import" ? <ImportApp close={() => setOpen(null)} /> : null}
    </>
  );
}

/** No app yet: what to do, by what the person may do. */
function Empty({ role }: { role: string }) {
  const text = useHomeTexts();
  const { t } = useLocale();
  const builds = role === "builder" || role === "admin";
  const hint = builds ? text("builder_empty_hint") : text("viewer_empty_hint");
  return (
    <div className={`${css.emptyBox} ${home.empty}`}>
      <Notice icon="apps" title={text(builds ? "builder_empty" : "viewer_empty")} hint={hint}>
        {role === "admin" ? (
          <ol aria-label={text("admin_next")}>
            <li>
              <a href="/health" onClick={followLink}>
                {text("admin_health")}
              </a>
            </li>
            <li>
              <a href="/plant" onClick={followLink}>
                {text("admin_plant")}
              </a>
            </li>
            <li>{text("admin_new")}</li>
          </ol>
        ) : (
          <LinkButton href="/explore" onClick={followLink}>
            {t("explore.title")}
          </LinkButton>
        )}
      </Notice>
    </div>
  );
}
