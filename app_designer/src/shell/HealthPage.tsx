import { Icon } from "@sdk";
import { LinkButton } from "@sdk/ui/primitives";
import { AgentAccess } from "./agents/AgentAccess";
import HealthScreen from "./Health";
import { useHealthTexts } from "./health_texts";
import { followLink } from "./router";
import { useIsAdmin } from "./session";

/** Health, and for administrators who may come in and what each agent collects. */
export default function HealthPage() {
  const isAdmin = useIsAdmin();
  const text = useHealthTexts();
  if (!isAdmin) return <HealthScreen />;
  return (
    <>
      <HealthScreen
        action={(edge) => (
          <LinkButton
            href={`/edges/${edge}/config`}
            aria-label={`${text("configuration")} ${edge}`}
            onClick={followLink}
          >
            <Icon name="settings" size={18} />
            {text("configuration")}
          </LinkButton>
        )}
      />
      <AgentAccess />
    </>
  );
}
