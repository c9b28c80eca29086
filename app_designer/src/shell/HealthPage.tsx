import { Icon } from "@sdk";
import { LinkButton } from "@sdk/ui/primitives";
import { AgentAccess } from "./agents/AgentAccess";
import HealthScreen from "./Health";
import css from "./health.module.css";
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
        action={({ id, changed_at_machine }) => (
          <>
            {changed_at_machine ? (
              <span className={css.mark}>
                <Icon name="warn" size={18} />
                {text("changed_at_machine")}
              </span>
            ) : null}
            <LinkButton
              href={`/edges/${id}/config`}
              aria-label={`${text("configuration")} ${id}`}
              onClick={followLink}
            >
              <Icon name="settings" size={18} />
              {text("configuration")}
            </LinkButton>
          </>
        )}
      />
      <AgentAccess />
    </>
  );
}
