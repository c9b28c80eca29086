import { Notice, useLocale } from "@sdk";
import type { CSSProperties } from "react";
import type { PageDocument } from "../generated/documents.gen";
import { AreaView } from "./AreaView";
import { useWallZoom } from "./breakpoint";
import { useRuntimeTexts } from "./i18n/texts";
import { PageHead } from "./PageHead";
import { paramLabel, paramSpecs } from "./params";
import css from "./runtime.module.css";
import type { RuntimeScope } from "./scope";

interface PageProps {
  page: PageDocument;
  scope: RuntimeScope;
  onParam: (name: string, value: string) => void;
}

/** One page of an app: its title, parameters and time range, and its elements. */
export function PageView({ page, scope, onParam }: PageProps) {
  const style = { "--wall-zoom": useWallZoom() } as CSSProperties;
  return (
    <div className={css.page} data-archetype={page.archetype ?? "workspace"} style={style}>
      <PageHead page={page} scope={scope} onParam={onParam} />
      <PageBody scope={scope} />
    </div>
  );
}

/** The name of a machine the page needs and that nothing fits; null when it has what it needs. */
function missingChoice(scope: RuntimeScope): string | null {
  const page = scope.loaded.pages[scope.page];
  const specs = Object.entries(page ? paramSpecs(scope.loaded, page) : {});
  const missing = specs.find(([name, spec]) => spec.type === "asset" && scope.params[name] === "");
  return missing ? paramLabel(missing[0], missing[1], scope.language) : null;
}

/** The elements of a page without its head, as a dialog or an embedded page shows them. */
export function PageBody({ scope }: { scope: RuntimeScope }) {
  const { t } = useLocale();
  const texts = useRuntimeTexts();
  const missing = missingChoice(scope);
  if (missing !== null) {
    return (
      <Notice
        icon="question"
        title={texts("page.choose", { name: missing })}
        hint={texts("page.choose_hint")}
      />
    );
  }
  if (Object.keys(scope.elements).length === 0) {
    return <Notice icon="apps" title={t("page.empty")} hint={t("page.empty_hint")} />;
  }
  const archetype = scope.loaded.pages[scope.page]?.archetype ?? "workspace";
  return (
    <div className={css.pageBody} data-archetype={archetype} data-page={scope.page}>
      <AreaView holder="page" scope={scope} />
    </div>
  );
}
