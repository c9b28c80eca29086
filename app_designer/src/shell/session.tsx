import { ApiClient, csrfToken } from "@sdk/api/client";
import { ApiError } from "@sdk/api/problem";
import type { Session } from "@sdk/api/types";
import { type Services, ServicesContext } from "@sdk/context";
import { setSiteZone } from "@sdk/format/zone";
import { HistoryLoader } from "@sdk/history/loader";
import { LiveClient } from "@sdk/live/client";
import { LiveStore } from "@sdk/live/store";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

export type SessionState =
  | { kind: "loading" }
  | { kind: "unreachable"; error: unknown }
  | { kind: "out" }
  | { kind: "in"; session: Session };

interface SessionControl {
  state: SessionState;
  refresh: () => Promise<void>;
  logout: () => Promise<void>;
}

function makeServices(): Services & { live: LiveClient } {
  const api = new ApiClient();
  const store = new LiveStore();
  return { api, store, live: new LiveClient(store), history: new HistoryLoader(api) };
}

const services = makeServices();
const SessionContext = createContext<SessionControl | null>(null);

export function useSession(): SessionControl {
  const control = useContext(SessionContext);
  if (!control) throw new Error("SessionContext is missing");
  return control;
}

const RETRY_MS = 3000;

/** Who is signed in; the live connection runs exactly as long as somebody is. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ kind: "loading" });
  const refresh = async () => {
    // Without the readable cookie nobody is signed in: no need to ask and be refused.
    if (!csrfToken(document.cookie)) {
      setState({ kind: "out" });
      return;
    }
    try {
      const session = await services.api.session();
      setSiteZone(session.zone);
      setState({ kind: "in", session });
    } catch (error) {
      const out = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setState(out ? { kind: "out" } : { kind: "unreachable", error });
    }
  };
  const logout = async () => {
    await services.api.logout().catch(() => undefined);
    setState({ kind: "out" });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, at the start.
  useEffect(() => {
    services.api.onSignedOut = () => setState({ kind: "out" });
    services.live.onSignedOut = () => void refresh();
    void refresh();
  }, []);
  const { kind } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the kind alone decides.
  useEffect(() => {
    if (kind === "unreachable") {
      const timer = setTimeout(() => void refresh(), RETRY_MS);
      return () => clearTimeout(timer);
    }
    if (kind !== "in") return;
    services.live.start();
    return () => services.live.stop();
  }, [state]);
  return (
    <SessionContext.Provider value={{ state, refresh, logout }}>
      <ServicesContext.Provider value={services}>{children}</ServicesContext.Provider>
    </SessionContext.Provider>
  );
}
