import { lateComponent } from "@sdk/late_component";
import { type ReactNode, Suspense, useMemo, useState } from "react";
import { ShareContext } from "./context";

const ShareDialog = lateComponent(async () => (await import("./ShareDialog")).ShareDialog);

interface ProviderProps {
  /** Parameters of the page with their present values. */
  params: Readonly<Record<string, string>>;
  children: ReactNode;
}

/** What is inside can hand on the view by link and code. */
export function ShareProvider({ params, children }: ProviderProps) {
  const [open, setOpen] = useState(false);
  const control = useMemo(() => ({ open: () => setOpen(true) }), []);
  return (
    <ShareContext.Provider value={control}>
      {children}
      {open ? (
        <Suspense fallback={null}>
          <ShareDialog params={params} close={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </ShareContext.Provider>
  );
}
