import * as formulas from "@runtime/formula";
import { provideFormulas } from "@runtime/formula_engine";
import { Button, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { ApiError, describeError } from "@sdk/api/problem";
import { LinkButton } from "@sdk/ui/primitives";
import { useEffect, useMemo, useState } from "react";
import css from "./frame/frame.module.css";
import { Workbench } from "./frame/Workbench";
import { type DesignerHost, HostContext } from "./frame/workbench";
import { useTexts } from "./i18n/texts";
import { createDesigner, type DesignerSession } from "./model/create";
import { DesignerContext } from "./model/hooks";

// Any edit may bring the first formula: the designer has them from the start.
provideFormulas(formulas);

interface DesignerProps extends DesignerHost {
  appId: string;
  /** Page to open first; null: the app's home. */
  pageId: string | null;
}

type Opened = { session: DesignerSession } | { error: unknown } | null;

function useSession(appId: string, attempt: number): Opened {
  const { api } = useServices();
  const [opened, setOpened] = useState<Opened>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks again.
  useEffect(() => {
    let gone = false;
    let session: DesignerSession | null = null;
    setOpened(null);
    createDesigner(api, appId).then(
      (made) => {
        session = made;
        if (gone) void made.close();
        else setOpened({ session: made });
      },
      (error) => !gone && setOpened({ error }),
    );
    return () => {
      gone = true;
      void session?.close();
    };
  }, [api, appId, attempt]);
  return opened;
}

/** The designer of one app: opens its draft, and says so when that cannot be. */
export default function Designer({ appId, pageId, role, userName, navigate }: DesignerProps) {
  const [attempt, setAttempt] = useState(0);
  const opened = useSession(appId, attempt);
  const host = useMemo(() => ({ role, userName, navigate }), [role, userName, navigate]);
  if (role !== "builder" && role !== "admin") return <NoPermission appId={appId} />;
  if (!opened) return <Opening />;
  if ("error" in opened) return <Failed error={opened.error} retry={() => setAttempt(attempt + 1)} />;
  return (
    <HostContext.Provider value={host}>
      <DesignerContext.Provider value={opened.session}>
        <Workbench session={opened.session} firstPage={pageId} />
      </DesignerContext.Provider>
    </HostContext.Provider>
  );
}

function Opening() {
  const text = useTexts();
  return (
    <main className={css.alone} aria-busy="true" aria-label={text("frame.loading")}>
      <Skeleton width="100%" height="100%" />
    </main>
  );
}

function NoPermission({ appId }: { appId: string }) {
  const text = useTexts();
  return (
    <main className={css.alone}>
      <Notice icon="lock" title={text("frame.no_permission")} hint={text("frame.no_permission_hint")}>
        <LinkButton href={`/app/${appId}`}>{text("frame.open_app")}</LinkButton>
      </Notice>
    </main>
  );
}

function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const text = useTexts();
  const { t } = useLocale();
  const unknown = error instanceof ApiError && error.status === 404;
  const title = unknown ? text("frame.unknown") : text("frame.failed");
  return (
    <main className={css.alone}>
      <Notice icon="warn" title={title} hint={unknown ? "" : describeError(error, t)} tone="alarm">
        <div className={css.row}>
          <Button onClick={retry}>{text("frame.retry")}</Button>
          <LinkButton href="/">{text("frame.home")}</LinkButton>
        </div>
      </Notice>
    </main>
  );
}
