import Designer from "@designer/Designer";
import { RangeProvider } from "./RangeProvider";
import { navigate } from "./router";
import { useSession } from "./session";

/** The designer at `/design/<app>`, with who is signed in. */
export default function DesignScreen({ appId, pageId }: { appId: string; pageId: string | null }) {
  const { state } = useSession();
  if (state.kind !== "in") return null;
  const { user } = state.session;
  return (
    <RangeProvider fallback="1h">
      <Designer appId={appId} pageId={pageId} role={user.role} userName={user.name} navigate={navigate} />
    </RangeProvider>
  );
}
