import { Button, formatMoment, Icon, type IconName, useLink, useLocale, useServices } from "@sdk";
import { isIcon } from "@sdk/ui/Icon";
import { type ReactNode, useEffect, useState } from "react";
import { followLink, usePath } from "./router";
import { useSession } from "./session";
import css from "./shell.module.css";
import { UserMenu } from "./UserMenu";

export interface NavEntry {
  href: string;
  label: string;
  icon?: string;
  /** Says that this is the open place where the address alone does not. */
  here?: boolean;
}

interface FrameProps {
  /** What is open, beside the product's name. */
  title?: string;
  /** Address of the open app's own picture, beside its name. */
  logo?: string | null;
  /** Pages of the open app; none outside an app. */
  nav?: readonly NavEntry[];
  children: ReactNode;
}

/** The frame of every screen: top bar, menu, connection banner, content. */
export function Frame({ title = "", logo = null, nav = [], children }: FrameProps) {
  const { t } = useLocale();
  const [open, setOpen] = useState(false);
  const path = usePath();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place closes the menu.
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    document.title = title ? `${title} · Interlock` : "Interlock";
  }, [title]);
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#content">
        {t("menu.skip")}
      </a>
      <header className={css.bar}>
        <Button
          look="quiet"
          square
          className={css.menuButton}
          aria-expanded={open}
          aria-label={t(open ? "menu.close" : "menu.open")}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "close" : "menu"} />
        </Button>
        <a className={css.brand} href="/" onClick={followLink}>
          <img src="/icon.svg" alt="" width={24} height={24} />
          <span className={css.brandName}>Interlock</span>
        </a>
        {title ? (
          <span className={`${css.where} truncate`} title={title}>
            {logo ? <img className={css.logo} src={logo} alt="" height={24} /> : null}
            {title}
          </span>
        ) : null}
        <div className={css.spacer} />
        <UserMenu />
      </header>
      <Banner />
      <div className={css.body}>
        <SideMenu nav={nav} open={open} close={() => setOpen(false)} />
        <main id="content" className={css.content} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

function SideMenu({ nav, open, close }: { nav: readonly NavEntry[]; open: boolean; close: () => void }) {
  const { t } = useLocale();
  const { state } = useSession();
  const builds = state.kind === "in" && ["builder", "admin"].includes(state.session.user.role);
  const tools: NavEntry[] = [
    { href: "/", label: t("home.title"), icon: "home" },
    { href: "/explore", label: t("explore.title"), icon: "search" },
    { href: "/health", label: t("health.title"), icon: "health" },
    ...(builds ? [{ href: "/plant", label: t("plant.title"), icon: "line" }] : []),
    ...(builds ? [{ href: "/gallery", label: t("gallery.title"), icon: "shapes" }] : []),
    ...(builds ? [{ href: "/blocks", label: t("code_blocks.title"), icon: "apps" }] : []),
    ...(builds ? [{ href: "/publishers", label: t("publishers.title"), icon: "shield" }] : []),
  ];
  return (
    <>
      {open ? (
        <button type="button" className={css.scrim} aria-label={t("menu.close")} onClick={close} />
      ) : null}
      <nav className={css.side} data-open={open} aria-label={t("menu.app")}>
        {nav.length > 0 ? (
          <ul className={css.links}>
            {nav.map((entry) => (
              <NavLink key={entry.href} entry={entry} />
            ))}
          </ul>
        ) : null}
        <ul className={css.links} data-tools="true">
          {tools.map((entry) => (
            <NavLink key={entry.href} entry={entry} />
          ))}
        </ul>
      </nav>
    </>
  );
}

function NavLink({ entry }: { entry: NavEntry }) {
  const path = usePath();
  const here = entry.here ?? path === entry.href.split("?")[0];
  const icon: IconName = isIcon(entry.icon) ? entry.icon : "apps";
  return (
    <li>
      <a className={css.link} href={entry.href} aria-current={here ? "page" : undefined} onClick={followLink}>
        <Icon name={icon} />
        <span className="truncate" title={entry.label}>
          {entry.label}
        </span>
      </a>
    </li>
  );
}

/** Says at once, and in its own place, when the server is not heard. */
function Banner() {
  const { language, t } = useLocale();
  const { live } = useServices();
  const link = useLink();
  const shown = !link.up && link.lost_since_ms !== null;
  const now = live.clock.now();
  const time = formatMoment((link.lost_since_ms ?? 0) * 1000, now, language);
  return (
    <div className={css.bannerPlace} role="status">
      {shown ? (
        <div className={css.banner}>
          <Icon name="offline" />
          <span>{t("banner.unreachable", { time })}</span>
        </div>
      ) : null}
    </div>
  );
}
