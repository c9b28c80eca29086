import { AppRuntime } from "@runtime/AppRuntime";
import { maySee } from "@runtime/access";
import { type LoadedApp, loadApp } from "@runtime/app";
import { useAppTheme } from "@runtime/app_theme";
import { type DialogAddress, dialogsFrom, dialogText } from "@runtime/dialogs";
import type { Destination } from "@runtime/host";
import { useRuntimeTexts } from "@runtime/i18n/texts";
import { missingRoles } from "@runtime/missing";
import { pageTitle, paramSpecs, paramValues } from "@runtime/params";
import { showInstalled } from "@runtime/registry";
import type { User } from "@runtime/scope";
import { ShareProvider } from "@runtime/share/ShareProvider";
import { momentFrom, momentText } from "@runtime/travel/context";
import { TravelProvider } from "@runtime/travel/TravelProvider";
import { Button, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { mediaUrl } from "@sdk/api/apps";
import type { InstalledBlock } from "@sdk/api/code_blocks";
import { ApiError, describeError } from "@sdk/api/problem";
import { localText } from "@sdk/i18n/catalogue";
import { lateComponent } from "@sdk/late_component";
import { withOpened } from "@sdk/preferences/marks";
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { PageDocument } from "../generated/documents.gen";
import { RESERVED_PARAMS } from "../generated/reserved_params.gen";
import { Frame, type NavEntry } from "./Frame";
import { NotFound } from "./NotFound";
import { usePreferences } from "./preferences";
import { RangeProvider } from "./RangeProvider";
import { ReleaseBanner } from "./ReleaseBanner";
import { navigate, setQuery, useQuery } from "./router";
import { sessionOf, useSession } from "./session";

const Kiosk = lateComponent(async () => (await import("@runtime/kiosk/Kiosk")).Kiosk);

const cache = new Map<string, LoadedApp>();

const shownAs = ({ hash, granted }: InstalledBlock) => [hash, ...granted];
const NO_BLOCKS: readonly InstalledBlock[] = [];

/** Whether a page would show the same: then what is open keeps its objects, and nothing on it starts again. */
function sameApp(a: LoadedApp, b: LoadedApp): boolean {
  const text = (app: LoadedApp) =>
    JSON.stringify([app.release, app.roles, [...app.assets.values()], app.installed?.map(shownAs)]);
  return text(a) === text(b);
}

/** How soon an app is read again that names machines which are not there yet, ms: ever more rarely. */
const ARRIVING_MIN_MS = 2000;
const ARRIVING_MAX_MS = 60_000;

/** Reads an app again until its machines have come. What is open changes only when something has. */
function useArrivals(loaded: LoadedApp | null, take: (found: LoadedApp) => void): void {
  const { api } = useServices();
  const missing = useMemo(() => (loaded ? missingRoles(loaded) : 0), [loaded]);
  const appId = loaded?.app.id ?? "";
  const release = loaded?.release;
  useEffect(() => {
    if (missing === 0) return;
    let timer: ReturnType<typeof setTimeout>;
    let gone = false;
    const ask = async (wait_ms: number) => {
      if (document.visibilityState !== "hidden") {
        // Without an answer it stays as it is; the banner of the connection says why.
        const found = await loadApp(api, appId).catch(() => null);
        if (gone) return;
        // Another release is the banner's to offer: nothing jumps.
        if (found && found.release === release && missingRoles(found) < missing) return take(found);
      }
      plan(Math.min(ARRIVING_MAX_MS, wait_ms * 1.5));
    };
    const plan = (wait_ms: number) => {
      timer = setTimeout(() => void ask(wait_ms), wait_ms);
    };
    plan(ARRIVING_MIN_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [api, appId, release, missing, take]);
}

function useApp(appId: string) {
  const { api } = useServices();
  const [loaded, setLoaded] = useState<LoadedApp | null>(cache.get(appId) ?? null);
  const take = useCallback(
    (found: LoadedApp) => {
      cache.set(appId, found);
      setLoaded(found);
    },
    [appId],
  );
  useArrivals(loaded, take);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks again.
  useEffect(() => {
    let gone = false;
    loadApp(api, appId).then(
      (found) => {
        if (gone) return;
        const known = cache.get(appId);
        if (known && sameApp(known, found)) return;
        take(found);
      },
      (problem) => !gone && setError(problem),
    );
    return () => {
      gone = true;
    };
  }, [api, appId, attempt, take]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  return { loaded, error: loaded ? null : error, retry };
}

function useUser(): User {
  const { state } = useSession();
  const session = sessionOf(state);
  return useMemo(
    () => ({
      name: session?.user.name ?? "",
      role: session?.user.role ?? "viewer",
      tenant: session?.tenant ?? "",
    }),
    [session],
  );
}

/** What the product itself keeps in an address; the rest of it are parameters of the page. */
const OWN_QUERY: ReadonlySet<string> = new Set(RESERVED_PARAMS);
/** Of it, what stays while one goes from page to page. */
const KEPT_QUERY = ["range", "from", "to", "at", "kiosk"];

function paramsOf(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => !OWN_QUERY.has(name)));
}

/** The address of a page. The time range stays while one moves about. */
function addressOf(
  app: string,
  page: string,
  params: Readonly<Record<string, string>>,
  query: URLSearchParams,
): string {
  const next = new URLSearchParams(Object.entries(params).filter(([name]) => !OWN_QUERY.has(name)));
  for (const name of KEPT_QUERY) {
    const kept = query.get(name);
    if (kept) next.set(name, kept);
  }
  const text = next.toString();
  return `/app/${app}/${page}${text ? `?${text}` : ""}`;
}

/** The menu: what is chosen now stays chosen on every page that knows the parameter. */
function menuOf(
  loaded: LoadedApp,
  user: User,
  query: URLSearchParams,
  here: string | undefined,
  language: "en" | "zh-CN",
): NavEntry[] {
  return (loaded.app.nav ?? []).flatMap((item) => {
    const page = loaded.pages[item.page];
    if (!page || !maySee(page.access, user)) return [];
    const known = paramSpecs(loaded, page);
    const kept = Object.entries(paramsOf(query)).filter(([name]) => Object.hasOwn(known, name));
    return [
      {
        href: addressOf(loaded.app.id, item.page, Object.fromEntries(kept), query),
        here: item.page === here,
        label: localText(item.label, language),
        icon: item.icon ?? "",
      },
    ];
  });
}

/** An open app: its menu and one of its pages. */
export default function AppScreen({ appId, pageId }: { appId: string; pageId: string | null }) {
  const { language, t } = useLocale();
  const { loaded, error, retry } = useApp(appId);
  // Before anything of it is drawn: elements find their blocks by name.
  useMemo(() => showInstalled(loaded?.installed ?? NO_BLOCKS), [loaded]);
  const user = useUser();
  const query = useQuery();
  useAppTheme(loaded?.app.theme, document.documentElement);
  const page = loaded?.pages[pageId ?? loaded.app.home];
  const title = loaded && page ? titleOf(loaded, page, query, language) : "";
  useOpened(appId, page?.id);
  useEffect(() => {
    if (title) document.title = `${title} · Interlock`;
  }, [title]);
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Frame>
        <NotFound />
      </Frame>
    );
  }
  if (error) {
    return (
      <Frame>
        <h1 className="visually-hidden">{t("error.app_title")}</h1>
        <Notice icon="warn" title={t("error.app_title")} hint={describeError(error, t)} tone="alarm">
          <Button onClick={retry}>{t("common.retry")}</Button>
        </Notice>
      </Frame>
    );
  }
  if (!loaded) {
    return (
      <Frame>
        <Skeleton width="100%" height="320px" />
      </Frame>
    );
  }
  const open = page ? <OpenPage loaded={loaded} page={page} user={user} reload={retry} /> : <NotFound />;
  if (query.get("kiosk") === "1")
    return (
      <OnWall loaded={loaded} page={page?.id ?? ""}>
        {open}
      </OnWall>
    );
  const nav = menuOf(loaded, user, query, page?.id, language);
  const logo = loaded.app.theme?.logo;
  return (
    <Frame title={localText(loaded.app.name, language)} logo={logo ? mediaUrl(appId, logo) : null} nav={nav}>
      <ReleaseBanner appId={appId} open={loaded.release} reload={retry} />
      {open}
    </Frame>
  );
}

const NO_STOPS: NonNullable<LoadedApp["app"]["kiosk"]> = [];
const leaveWall = () => setQuery((params) => params.delete("kiosk"), { replace: true });

/** The app on a screen of the wall, going through the pages its builder listed. */
function OnWall({ loaded, page, children }: { loaded: LoadedApp; page: string; children: ReactNode }) {
  const { language } = useLocale();
  const { id, name, kiosk = NO_STOPS } = loaded.app;
  return (
    <Kiosk
      title={localText(name, language)}
      stops={kiosk}
      page={page}
      go={(stop) => {
        const query = new URLSearchParams(location.search);
        navigate(addressOf(id, stop.page, stop.params ?? {}, query), { replace: true });
      }}
      leave={leaveWall}
    >
      {children}
    </Kiosk>
  );
}

/** Notes that an app was opened, once for each page that is looked at. */
function useOpened(app: string, page: string | undefined): void {
  const { change } = usePreferences();
  const latest = useRef(change);
  latest.current = change;
  useEffect(() => {
    if (page) latest.current((before) => withOpened(before, app, page, Date.now() * 1000));
  }, [app, page]);
}

function titleOf(
  loaded: LoadedApp,
  page: PageDocument,
  query: URLSearchParams,
  language: "en" | "zh-CN",
): string {
  const values = paramValues(loaded, page, paramsOf(query));
  return `${pageTitle(page, loaded, values, language)} · ${localText(loaded.app.name, language)}`;
}

interface OpenProps {
  loaded: LoadedApp;
  page: PageDocument;
  user: User;
  reload: () => void;
}

const onParam = (name: string, value: string) => setQuery((params) => params.set(name, value));

const setAt = (at: number | null, replace: boolean) =>
  setQuery((params) => (at === null ? params.delete("at") : params.set("at", momentText(at))), { replace });

/** The dialogs the address names, and how to change them: a reload and a link show what is open. */
function useAddressDialogs(query: string): DialogAddress {
  return useMemo(
    () => ({
      list: dialogsFrom(new URLSearchParams(query).getAll("dialog")),
      set: (list, replace) =>
        setQuery(
          (params) => {
            params.delete("dialog");
            for (const dialog of list) params.append("dialog", dialogText(dialog));
          },
          { replace },
        ),
    }),
    [query],
  );
}

/** Every parameter of a page with its present value, as an address holds them. */
function sharedParams(loaded: LoadedApp, page: PageDocument, given: Record<string, string>) {
  const values = Object.entries(paramValues(loaded, page, given));
  return Object.fromEntries(values.map(([name, value]) => [name, value === null ? "" : String(value)]));
}

function OpenPage({ loaded, page, user, reload }: OpenProps) {
  const query = useQuery().toString();
  const texts = useRuntimeTexts();
  const appId = loaded.app.id;
  const params = useMemo(() => paramsOf(new URLSearchParams(query)), [query]);
  const dialogs = useAddressDialogs(query);
  const at = momentFrom(new URLSearchParams(query).get("at"));
  const shared = useMemo(() => sharedParams(loaded, page, params), [loaded, page, params]);
  const href = useCallback(
    (id: string, given: Readonly<Record<string, string>>) =>
      addressOf(appId, id, given, new URLSearchParams(query)),
    [appId, query],
  );
  const go = (to: Destination) =>
    navigate(addressOf(to.app ?? appId, to.page, to.params, new URLSearchParams(query)));
  if (!maySee(page.access, user)) {
    return (
      <Notice
        icon="lock"
        title={texts("page.no_permission")}
        hint={texts("page.no_permission_hint")}
        tone="alarm"
      />
    );
  }
  return (
    <RangeProvider fallback={page.range?.default ?? "1h"}>
      <TravelProvider loaded={loaded} at={at} setAt={setAt}>
        <ShareProvider params={shared}>
          <AppRuntime
            loaded={loaded}
            page={page}
            params={params}
            user={user}
            onNavigate={go}
            onParam={onParam}
            href={href}
            dialogs={dialogs}
            reload={reload}
          />
        </ShareProvider>
      </TravelProvider>
    </RangeProvider>
  );
}
