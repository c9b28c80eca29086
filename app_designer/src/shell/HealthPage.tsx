import { AgentAccess } from "./agents/AgentAccess";
import HealthScreen from "./Health";
import { useIsAdmin } from "./session";

/** Health, and for administrators who may come in. */
export default function HealthPage() {
  const isAdmin = useIsAdmin();
  return (
    <>
      <HealthScreen />
      {isAdmin ? <AgentAccess /> : null}
    </>
  );
}
