import { type LoadedApp, loadApp } from "@runtime/app";
import { useBreakpoint } from "@runtime/breakpoint";
import { PageView } from "@runtime/PageView";
import { createAppStates, createMemory, createScope } from "@runtime/scope";
import { Button, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { localText } from "@sdk/i18n/catalogue";
import { useEffect, useMemo, useState } from "react";
import type { PageDocument } from "../generated/documents.gen";
import { Frame } from "./Frame";
import { NotFound } from "./NotFound";
import { RangeProvider } from "./RangeProvider";
import { setQuery, useQuery } from "./router";
import { useSession } from "./session";

const cache = new Map<string, LoadedApp>();

function useApp(appId: string) {
  const { api } = useServices();
  const [loaded, setLoaded] = useState<LoadedApp | null>(cache.get(appId) ?? null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks again.
  useEffect(() => {
    let gone = false;
    loadApp(api, appId).then(
      (found) => {
        if (gone) return;
        // The same release with the same tags keeps its objects, so nothing on the page starts again.
        const known = cache.get(appId);
        if (
          known &&
          JSON.stringify([known.release, known.roles]) === JSON.stringify([found.release, found.roles])
        )
          return;
        cache.set(appId, found);
        setLoaded(found);
      },
      (problem) => !gone && setError(problem),
    );
    return () => {
      gone = true;
    };
  }, [api, appId, attempt]);
  return { loaded, error: loaded ? null : error, retry: () => setAttempt(attempt + 1) };
}

/** An open app: its menu and one of its pages. */
export default function AppScreen({ appId, pageId }: { appId: string; pageId: string | null }) {
  const { language, t } = useLocale();
  const { loaded, error, retry } = useApp(appId);
  const query = useQuery();
  if (error) {
    return (
      <Frame>
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
  const { app, pages } = loaded;
  const page = pages[pageId ?? app.home];
  const kept = rangeOf(query);
  const nav = (app.nav ?? []).map((item) => ({
    href: `/app/${appId}/${item.page}${kept}`,
    here: item.page === page?.id,
    label: localText(item.label, language),
    icon: item.icon ?? "",
  }));
  return (
    <Frame title={localText(app.name, language)} nav={nav}>
      {page ? <OpenPage key={page.id} appId={appId} loaded={loaded} page={page} /> : <NotFound />}
    </Frame>
  );
}

/** The time range of an address (and more parameters) as the end of another: it stays while one moves about. */
function rangeOf(query: URLSearchParams, params: Record<string, string> = {}): string {
  const next = new URLSearchParams(params);
  for (const name of ["range", "from", "to"]) {
    const kept = query.get(name);
    if (kept) next.set(name, kept);
  }
  const text = next.toString();
  return text ? `?${text}` : "";
}

function OpenPage({ loaded, page }: { appId: string; loaded: LoadedApp; page: PageDocument }) {
  const { language } = useLocale();
  const services = useServices();
  const { state } = useSession();
  const breakpoint = useBreakpoint();
  const query = useQuery().toString();
  const session = state.kind === "in" ? state.session : null;
  const memory = useMemo(() => createMemory(createAppStates(loaded.app), page.state), [loaded, page]);
  const scope = useMemo(() => {
    const wanted = new URLSearchParams(query);
    const params: Record<string, string> = {};
    for (const [name, param] of Object.entries({ ...loaded.app.params, ...page.params })) {
      const given = wanted.get(name);
      const allowed = given !== null && (!param.options?.length || param.options.includes(given));
      params[name] = allowed ? given : String(param.default ?? param.options?.[0] ?? "");
    }
    const user = {
      name: session?.user.name ?? "",
      role: session?.user.role ?? "viewer",
      tenant: session?.tenant ?? "",
    };
    return createScope({ loaded, services, content: page, user, language, params, memory, breakpoint });
  }, [loaded, services, page, query, language, session, memory, breakpoint]);
  return (
    <RangeProvider fallback={page.range?.default ?? "1h"}>
      <PageView
        page={page}
        scope={scope}
        onParam={(name, value) => setQuery((params) => params.set(name, value))}
      />
    </RangeProvider>
  );
}
