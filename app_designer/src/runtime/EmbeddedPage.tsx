import { EmbedContext, KeepScopeContext, type PageTarget, useKeepScope } from "@sdk";
import { type ReactNode, useContext, useMemo } from "react";
import type { PageDocument } from "../generated/documents.gen";
import { maySee } from "./access";
import type { TextParams } from "./action";
import { PageBody } from "./PageView";
import { paramValues } from "./params";
import { type AppStates, createMemory, createScope, type RuntimeScope } from "./scope";

/** Pages inside pages are drawn to this depth. */
const DEPTH_MAX = 4;

/** The scope of another page of the same app: parameters, states and outputs of its own, the app's states shared. */
export function useOtherPage(
  outer: RuntimeScope,
  states: AppStates,
  page: PageDocument,
  params: TextParams,
  runner = outer.runner,
): RuntimeScope {
  const memory = useMemo(() => createMemory(states, page), [states, page]);
  const given = JSON.stringify(params);
  return useMemo(() => {
    const values = paramValues(outer.loaded, page, JSON.parse(given) as TextParams);
    return createScope({ ...outer, content: page, params: values, given: {}, memory, runner, depth: 0 });
  }, [outer, page, given, memory, runner]);
}

interface ProviderProps {
  page: string;
  scope: RuntimeScope;
  states: AppStates;
  children: ReactNode;
}

/** Lets blocks draw other pages of the app in place, but never a page inside itself. */
export function EmbedProvider({ page, scope, states, children }: ProviderProps) {
  const around = useContext(EmbedContext);
  const embedding = useMemo(() => {
    const path = [...around.path, page];
    const render = (target: PageTarget) => {
      const other = scope.loaded.pages[target.page];
      const drawn = other && maySee(other.access, scope.user) && !path.includes(target.page);
      if (!drawn || path.length > DEPTH_MAX) return null;
      return <EmbeddedPage page={other} params={target.params} outer={scope} states={states} />;
    };
    return { render, path };
  }, [around.path, page, scope, states]);
  // What a timer or a half-filled form keeps belongs to this page with these parameters: press 1 is not press 2.
  const kept = `${useKeepScope()}/${scope.loaded.app.id}/${page}?${JSON.stringify(scope.params)}`;
  return (
    <EmbedContext.Provider value={embedding}>
      <KeepScopeContext.Provider value={kept}>{children}</KeepScopeContext.Provider>
    </EmbedContext.Provider>
  );
}

interface EmbeddedProps {
  page: PageDocument;
  params: TextParams;
  outer: RuntimeScope;
  states: AppStates;
}

function EmbeddedPage({ page, params, outer, states }: EmbeddedProps) {
  const scope = useOtherPage(outer, states, page, params);
  return (
    <EmbedProvider page={page.id} scope={scope} states={states}>
      <PageBody scope={scope} />
    </EmbedProvider>
  );
}
