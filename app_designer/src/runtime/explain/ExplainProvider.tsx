import { lateComponent } from "@sdk/late_component";
import { type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { useRuntimeTexts } from "../i18n/texts";
import { ExplainContext, type ExplainTarget } from "./context";
import css from "./explain.module.css";

const ExplainPanel = lateComponent(async () => (await import("./ExplainPanel")).ExplainPanel);

/** Everything inside can explain its values; the explanation opens over it. */
export function ExplainProvider({ children }: { children: ReactNode }) {
  const t = useRuntimeTexts();
  const [target, setTarget] = useState<ExplainTarget | null>(null);
  const [picking, setPicking] = useState(false);
  useEffect(() => {
    if (!picking) return;
    const key = (event: KeyboardEvent) => event.key === "Escape" && setPicking(false);
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [picking]);
  const control = useMemo(() => ({ open: setTarget, picking, setPicking }), [picking]);
  return (
    <ExplainContext.Provider value={control}>
      {children}
      <div role="status">{picking ? <p className={css.picking}>{t("tools.picking")}</p> : null}</div>
      {target ? (
        <Suspense fallback={null}>
          <ExplainPanel target={target} close={() => setTarget(null)} />
        </Suspense>
      ) : null}
    </ExplainContext.Provider>
  );
}
