import { Button, Icon, Skeleton, useLocale } from "@sdk";
import { lateComponent } from "@sdk/late_component";
import { useEffect, useRef, useState } from "react";
import { useSession } from "./session";
import css from "./shell.module.css";

const Settings = lateComponent(async () => (await import("./Settings")).default);
const UserPanel = lateComponent(async () => (await import("./UserPanel")).default, <PanelToCome />);
// It comes while the hand moves; where it does not, opening it says so.
const ahead = UserPanel.preload;

/** Closes on Escape and on a press elsewhere. */
function useDismiss(open: boolean, close: () => void) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      close();
      ref.current?.querySelector("button")?.focus();
    };
    const press = (event: PointerEvent) => !ref.current?.contains(event.target as Node) && close();
    document.addEventListener("keydown", key);
    document.addEventListener("pointerdown", press);
    return () => {
      document.removeEventListener("keydown", key);
      document.removeEventListener("pointerdown", press);
    };
  }, [open, close]);
  return ref;
}

/** Who is signed in; appearance, language, sign out. */
export function UserMenu() {
  const { t } = useLocale();
  const { state } = useSession();
  const [open, setOpen] = useState(false);
  const [settings, setSettings] = useState(false);
  const ref = useDismiss(open, () => setOpen(false));
  const user = state.kind === "in" ? state.session.user : null;
  return (
    <div className={css.user} ref={ref}>
      <Button
        look="quiet"
        aria-expanded={open}
        aria-label={[user?.name, t("menu.user")].filter(Boolean).join(" · ")}
        onClick={() => setOpen(!open)}
        onFocus={ahead}
        onPointerEnter={ahead}
      >
        <Icon name="user" />
        <span className={`${css.userName} truncate`}>{user?.name}</span>
      </Button>
      {open ? (
        <UserPanel
          settings={() => {
            setOpen(false);
            setSettings(true);
          }}
        />
      ) : null}
      {settings ? <Settings close={() => setSettings(false)} /> : null}
    </div>
  );
}

function PanelToCome() {
  const { t } = useLocale();
  return (
    <section className={css.panel} aria-label={t("menu.user")} aria-busy="true">
      <Skeleton width="100%" height="240px" />
    </section>
  );
}
