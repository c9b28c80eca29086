import { Boundary } from "@runtime/Boundary";
import { Button, Icon, Notice, Skeleton, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { DetailContext } from "@sdk/context";
import { lateComponent } from "@sdk/late_component";
import { type ComponentType, type ReactNode, Suspense, useCallback, useEffect } from "react";
import { Frame } from "./Frame";
import { useLapsedTexts } from "./lapsed_texts";
import { LocaleProvider } from "./locale";
import { NotFound } from "./NotFound";
import { PreferencesProvider } from "./preferences";
import { navigate, setQuery, usePath, useQuery } from "./router";
import { SessionProvider, useSession } from "./session";
import css from "./shell.module.css";

function screen<Props extends object>(fetch: () => Promise<ComponentType<Props>>) {
  return lateComponent(fetch, <Skeleton width="100%" height="320px" />);
}

const TagDetail = lateComponent(async () => (await import("@runtime/TagDetail")).TagDetail);
const AppScreen = screen(async () => (await import("./AppScreen")).default);
const DesignScreen = screen(async () => (await import("./DesignScreen")).default);
const Explore = screen(async () => (await import("./Explore")).default);
const Home = screen(async () => (await import("./Home")).Home);
const Login = screen(async () => (await import("./Login")).Login);
const EdgeConfigScreen = screen(async () => (await import("./edge_config/EdgeConfigScreen")).default);
const Gallery = screen(async () => (await import("../gallery/Gallery")).default);
const CodeBlocksScreen = screen(async () => (await import("./code_blocks/CodeBlocksScreen")).default);
const HealthPage = screen(async () => (await import("./HealthPage")).default);
const PlantPage = screen(async () => (await import("./PlantPage")).default);
const PublishersScreen = screen(async () => (await import("./publishers/PublishersScreen")).default);
const Setup = screen(async () => (await import("./Setup")).default);

/** The whole product in the browser. */
export function Shell() {
  return (
    <LocaleProvider>
      <SessionProvider>
        <Gate />
      </SessionProvider>
    </LocaleProvider>
  );
}

function Gate() {
  const { t } = useLocale();
  const { state, refresh } = useSession();
  const path = usePath();
  const out = state.kind === "out";
  useEffect(() => {
    if (out && path !== "/login" && path !== "/setup") {
      const next = path === "/" ? "" : `?next=${encodeURIComponent(path + location.search)}`;
      navigate(`/login${next}`, { replace: true });
    }
  }, [out, path]);
  if (path === "/setup") return <Waiting>{<Setup />}</Waiting>;
  if (state.kind === "loading") return null;
  if (state.kind === "unreachable") {
    return (
      <main className={css.alone}>
        <Notice
          icon="server"
          title={t("error.unreachable")}
          hint={describeError(state.error, t)}
          tone="alarm"
        >
          <Button onClick={() => void refresh()}>{t("common.retry")}</Button>
        </Notice>
      </main>
    );
  }
  if (state.kind === "out" || path === "/login") return <Waiting>{<Login />}</Waiting>;
  return (
    <PreferencesProvider>
      {state.kind === "lapsed" ? <Lapsed /> : null}
      <Screens />
    </PreferencesProvider>
  );
}

/** Above a screen of the wall whose sign-in has run out. */
function Lapsed() {
  const { t } = useLocale();
  const text = useLapsedTexts();
  const { refresh, signIn } = useSession();
  return (
    <div className={css.lapsed} role="alert">
      <Icon name="lock" />
      <span>{text("lapsed")}</span>
      <Button onClick={() => void refresh()}>{t("common.retry")}</Button>
      <Button look="primary" onClick={signIn}>
        {text("sign_in")}
      </Button>
    </div>
  );
}

function Waiting({ children }: { children: ReactNode }) {
  return <Suspense fallback={<Skeleton width="100%" height="320px" />}>{children}</Suspense>;
}

const DESIGN_PATH = /^\/design\/([a-z0-9][a-z0-9_-]{0,39})(?:\/([a-z0-9][a-z0-9_-]{0,39}))?\/?$/;
const EDGE_CONFIG_PATH = /^\/edges\/([a-z0-9][a-z0-9_-]{0,39})\/config\/?$/;
const APP_PATH = /^\/app\/([a-z0-9][a-z0-9_-]{0,39})(?:\/([a-z0-9][a-z0-9_-]{0,39}))?\/?$/;

function screenFor(path: string): ReactNode {
  if (path === "/") return <Home />;
  if (path === "/explore")
    return (
      <Frame>
        <Explore />
      </Frame>
    );
  if (path === "/gallery")
    return (
      <Frame>
        <Gallery />
      </Frame>
    );
  if (path === "/blocks")
    return (
      <Frame>
        <CodeBlocksScreen />
      </Frame>
    );
  if (path === "/publishers")
    return (
      <Frame>
        <PublishersScreen />
      </Frame>
    );
  if (path === "/health")
    return (
      <Frame>
        <HealthPage />
      </Frame>
    );
  if (path === "/plant")
    return (
      <Frame>
        <PlantPage />
      </Frame>
    );
  const edge = EDGE_CONFIG_PATH.exec(path)?.[1];
  if (edge)
    return (
      <Frame>
        <EdgeConfigScreen edge={edge} />
      </Frame>
    );
  const design = DESIGN_PATH.exec(path);
  if (design?.[1]) return <DesignScreen appId={design[1]} pageId={design[2] ?? null} />;
  const app = APP_PATH.exec(path);
  if (app?.[1]) return <AppScreen appId={app[1]} pageId={app[2] ?? null} />;
  return (
    <Frame>
      <NotFound />
    </Frame>
  );
}

function Screens() {
  const path = usePath();
  const detail = Number(useQuery().get("detail") ?? Number.NaN);
  const open = useCallback((id: number) => setQuery((params) => params.set("detail", String(id))), []);
  return (
    <DetailContext.Provider value={open}>
      <Boundary fallback={(retry) => <Broken retry={retry} />} key={placeOf(path)}>
        <Waiting>{screenFor(path)}</Waiting>
      </Boundary>
      {Number.isInteger(detail) ? <TagDetail key={detail} tagId={detail} close={closeDetail} /> : null}
    </DetailContext.Provider>
  );
}

/** The designer keeps its work, and an app its states, while one goes from page to page in it. */
function placeOf(path: string): string {
  const design = DESIGN_PATH.exec(path);
  if (design) return `/design/${design[1]}`;
  const app = APP_PATH.exec(path);
  return app ? `/app/${app[1]}` : path;
}

function closeDetail(): void {
  setQuery((params) => params.delete("detail"), { replace: true });
}

function Broken({ retry }: { retry: () => void }) {
  const { t } = useLocale();
  return (
    <main className={css.alone}>
      <Notice icon="warn" title={t("error.unexpected")} tone="alarm">
        <Button onClick={retry}>
          <Icon name="play" size={16} />
          {t("common.retry")}
        </Button>
      </Notice>
    </main>
  );
}
