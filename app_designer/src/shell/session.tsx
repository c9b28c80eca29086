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
  /** The sign-in has run out on a screen of the wall: it goes on showing what it has, and says so. */
  | { kind: "lapsed"; session: Session }
  | { kind: "in"; session: Session };

interface SessionControl {
  state: SessionState;
  refresh: () => Promise<void>;
  logout: () => Promise<void>;
  /** Leaves for the sign-in. */
  signIn: () => void;
}

/** Who is, or was until it ran out, signed in. */
export const sessionOf = (state: SessionState): Session | null =>
  state.kind === "in" || state.kind === "lapsed" ? state.session : null;

const onWall = (): boolean => new URLSearchParams(location.search).get("kiosk") === "1";

/** What becomes of a state when nobody is signed in any more. */
export function signedOut(before: SessionState): SessionState {
  const session = sessionOf(before);
  return session && onWall() ? { kind: "lapsed", session } : { kind: "out" };
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

/** Whether an administrator is signed in. */
export function useIsAdmin(): boolean {
  const { state } = useSession();
  return state.kind === "in" && state.session.user.role === "admin";
}

/** Whether who is signed in may write values. */
export function useMayWrite(): boolean {
  const { state } = useSession();
  return state.kind === "in" && state.session.user.role !== "viewer";
}

const RETRY_MS = 3000;
/** Somebody may have signed in in another window. */
const LAPSED_RETRY_MS = 15_000;

/** Who is signed in; the live connection runs exactly as long as somebody is. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ kind: "loading" });
  const refresh = async () => {
    // Without the readable cookie nobody is signed in: no need to ask and be refused.
    if (!csrfToken(document.cookie)) {
      setState(signedOut);
      return;
    }
    try {
      const session = await services.api.session();
      setSiteZone(session.zone);
      setState({ kind: "in", session });
    } catch (error) {
      const out = error instanceof ApiError && (error.status === 401 || error.status === 403);
      // A screen of the wall keeps what it shows; it tells by itself that the platform is not heard.
      setState((before) =>
        out || before.kind === "lapsed" ? signedOut(before) : { kind: "unreachable", error },
      );
    }
  };
  const logout = async () => {
    await services.api.logout().catch(() => undefined);
    setState({ kind: "out" });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, at the start.
  useEffect(() => {
    services.api.onSignedOut = () => setState(signedOut);
    services.live.onSignedOut = () => void refresh();
    void refresh();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer begins a new wait.
  useEffect(() => {
    const wait_ms =
      state.kind === "unreachable" ? RETRY_MS : state.kind === "lapsed" ? LAPSED_RETRY_MS : null;
    if (wait_ms === null) return;
    const timer = setTimeout(() => void refresh(), wait_ms);
    return () => clearTimeout(timer);
  }, [state]);
  const shows = sessionOf(state) !== null;
  useEffect(() => {
    if (!shows) return;
    services.live.start();
    return () => services.live.stop();
  }, [shows]);
  const signIn = () => setState({ kind: "out" });
  return (
    <SessionContext.Provider value={{ state, refresh, logout, signIn }}>
      <ServicesContext.Provider value={services}>{children}</ServicesContext.Provider>
    </SessionContext.Provider>
  );
}
