import { Notice, useLocale } from "@sdk";
import type { PageDocument } from "../generated/documents.gen";
import { AreaView } from "./AreaView";
import { PageHead } from "./PageHead";
import css from "./runtime.module.css";
import type { RuntimeScope } from "./scope";

interface PageProps {
  page: PageDocument;
  scope: RuntimeScope;
  onParam: (name: string, value: string) => void;
}

/** One page of an app: its title, parameters and time range, and its elements. */
export function PageView({ page, scope, onParam }: PageProps) {
  return (
    <div className={css.page} data-archetype={page.archetype ?? "workspace"}>
      <PageHead page={page} scope={scope} onParam={onParam} />
      <PageBody scope={scope} />
    </div>
  );
}

/** The elements of a page without its head, as a dialog or an embedded page shows them. */
export function PageBody({ scope }: { scope: RuntimeScope }) {
  const { t } = useLocale();
  if (Object.keys(scope.elements).length === 0) {
    return <Notice icon="apps" title={t("page.empty")} hint={t("page.empty_hint")} />;
  }
  return (
    <div className={css.pageBody}>
      <AreaView holder="page" scope={scope} />
    </div>
  );
}
