import { NavigateContext, type Navigation, useLocale, useServices } from "@sdk";
import type { ElementMode } from "@sdk/component";
import { useUnitWishes } from "@sdk/preferences/context";
import { useCallback, useEffect, useMemo } from "react";
import type { PageDocument } from "../generated/documents.gen";
import { maySee } from "./access";
import type { TextParams } from "./action";
import { Boundary } from "./Boundary";
import { type Breakpoint, useBreakpoint } from "./breakpoint";
import type { DialogAddress } from "./dialogs";
import { EmbedProvider } from "./EmbeddedPage";
import { ExplainProvider } from "./explain/ExplainProvider";
import { type Destination, useHost } from "./host";
import { PageDialog } from "./PageDialog";
import { PageView } from "./PageView";
import { pageTitle, paramValues } from "./params";
import { Crashed } from "./placeholders";
import { useRangeSource } from "./range_source";
import { blocks } from "./registry";
import {
  type AppWatch,
  createAppStates,
  createMemory,
  createScope,
  type LoadedApp,
  type User,
} from "./scope";
import { Toasts } from "./Toasts";
import { WriteDialog } from "./WriteDialog";

export interface AppRuntimeProps {
  loaded: LoadedApp;
  page: PageDocument;
  /** Parameters as the address gives them; what does not fit is replaced by the default. */
  params: TextParams;
  user: User;
  onNavigate: (target: Destination) => void;
  onParam: (name: string, value: string) => void;
  /** The address of a page of this app. */
  href: (page: string, params: TextParams) => string | null;
  /** The dialogs of the address; without it they are gone with the page. */
  dialogs?: DialogAddress;
  /** Reads the documents again. */
  reload?: () => void;
  /** A preview: nothing outside the page is done, what would be is told. */
  dry?: boolean;
  mode?: ElementMode;
  /** For a preview of another size than the window's. */
  breakpoint?: Breakpoint;
  /** Of a test that looks on. */
  watch?: AppWatch;
}

const nothing = () => {};

/** Once the first page stands, the code of the blocks on all others: a page is then opened without waiting. */
function usePreload(loaded: LoadedApp): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      const holders = [...Object.values(loaded.pages), ...Object.values(loaded.blocks)];
      const types = new Set(
        holders.flatMap((holder) => Object.values(holder.elements ?? {}).map(({ type }) => type)),
      );
      for (const type of types) blocks.get(type)?.preload?.();
    }, PRELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [loaded]);
}

const PRELOAD_AFTER_MS = 1500;

function useNavigationOf(props: AppRuntimeProps, go: (target: Destination) => void): Navigation {
  const { loaded, page, params, href, user } = props;
  const { language } = useLocale();
  return useMemo(
    () => ({
      href: (target) => href(target.page, target.params),
      go: (target) => go({ app: null, ...target }),
      current: { page: page.id, params },
      title: (id) => {
        const other = loaded.pages[id];
        if (!other || !maySee(other.access, user)) return null;
        return pageTitle(other, loaded, paramValues(loaded, other, params), language);
      },
    }),
    [href, go, page, params, loaded, user, language],
  );
}

/** One open page of an app: its scope, its dialogs, its messages, and the question before a write. */
export function AppRuntime(props: AppRuntimeProps) {
  const { loaded, page, params, user, dry = false, mode = "run", watch } = props;
  const { language } = useLocale();
  const services = useServices();
  const units = useUnitWishes();
  const range = useRangeSource();
  const window = useBreakpoint();
  const breakpoint = props.breakpoint ?? window;
  const surroundings = useHost({
    dry,
    navigate: props.onNavigate,
    reload: props.reload ?? nothing,
    address: props.dialogs,
  });
  const { host, runner, toasts, drop, question, answer, dialogs, turn } = surroundings;
  const { navigate } = host;
  const go = useCallback((target: Destination) => navigate(target), [navigate]);
  const navigation = useNavigationOf(props, go);
  const states = useMemo(() => createAppStates(loaded.app, watch), [loaded, watch]);
  const memory = useMemo(() => createMemory(states, page, "kept"), [states, page]);
  usePreload(loaded);
  const given = JSON.stringify(params);
  const scope = useMemo(() => {
    const values = paramValues(loaded, page, JSON.parse(given) as TextParams);
    const content = { loaded, services, content: page, user, language, units, params: values };
    return createScope({ ...content, memory, mode, breakpoint, range, runner });
  }, [loaded, services, page, user, language, units, given, memory, mode, breakpoint, range, runner]);
  return (
    <NavigateContext.Provider value={navigation}>
      <EmbedProvider page={page.id} scope={scope} states={states}>
        <ExplainProvider>
          <Boundary key={`${page.id}/${turn}`} fallback={(retry) => <Crashed retry={retry} />}>
            <PageView page={page} scope={scope} onParam={props.onParam} />
          </Boundary>
          {dialogs.dialogs.map((dialog) => (
            <PageDialog
              key={`${dialog.id}/${dialog.page}`}
              dialog={dialog}
              scope={scope}
              states={states}
              host={host}
              close={() => dialogs.close(dialog.id)}
              onParam={(name, value) => dialogs.setParam(dialog.id, name, value)}
            />
          ))}
        </ExplainProvider>
      </EmbedProvider>
      {question ? <WriteDialog request={question.request} answer={answer} /> : null}
      <Toasts toasts={toasts} drop={drop} />
    </NavigateContext.Provider>
  );
}
