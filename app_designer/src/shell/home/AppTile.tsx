import { formatMoment, Icon, type IconName, useLocale, useServices } from "@sdk";
import type { AppSummary } from "@sdk/api/types";
import { localText } from "@sdk/i18n/catalogue";
import { isFavourite, withStar } from "@sdk/preferences/marks";
import { isIcon } from "@sdk/ui/Icon";
import own from "../new_app.module.css";
import { useNewAppTexts } from "../new_app_texts";
import { usePreferences } from "../preferences";
import { releaseOf } from "../release_of";
import { followLink } from "../router";
import css from "../shell.module.css";
import home from "./home.module.css";
import { useHomeTexts } from "./texts";

interface CardProps {
  href: string;
  icon: IconName;
  title: string;
  hint: string;
}

/** One way from the home page. */
export function HomeCard({ href, icon, title, hint }: CardProps) {
  return (
    <a className={css.appCard} href={href} onClick={followLink}>
      <span className={css.appIcon}>
        <Icon name={icon} size={26} />
      </span>
      <span className={css.appText}>
        <strong className="truncate" title={title}>
          {title}
        </strong>
        <span>{hint}</span>
      </span>
    </a>
  );
}

/** An app with its star, when it was opened last, and, for builders, the way to its draft. */
export function AppTile({ app, builds }: { app: AppSummary; builds: boolean }) {
  const { language, t } = useLocale();
  const { live } = useServices();
  const text = useHomeTexts();
  const draft = useNewAppTexts();
  const { preferences, change } = usePreferences();
  const name = localText(app.name, language) || app.id;
  const release = releaseOf(app);
  const starred = isFavourite(preferences, app.id);
  const opened = preferences.last_opened.find((mark) => mark.app === app.id)?.ts;
  const hints = [
    release ? t("home.release", { no: release }) : builds ? draft("draft_only") : "",
    opened ? text("opened", { time: formatMoment(opened, live.clock.now(), language) }) : "",
  ];
  const starText = text(starred ? "unstar" : "star", { name });
  return (
    <li className={`${own.cardHolder} ${home.tile}`} data-app={app.id}>
      <HomeCard
        href={release || !builds ? `/app/${app.id}` : `/design/${app.id}`}
        icon={isIcon(app.icon) ? app.icon : "apps"}
        title={name}
        hint={hints.filter(Boolean).join(" · ")}
      />
      <div className={home.side}>
        <button
          type="button"
          className={home.star}
          aria-pressed={starred}
          aria-label={starText}
          title={starText}
          onClick={() => change((before) => withStar(before, app.id, !starred))}
        >
          <Icon name="star" />
        </button>
        {builds ? (
          <a
            className={home.edit}
            href={`/design/${app.id}`}
            aria-label={draft("edit_app", { name })}
            onClick={followLink}
          >
            {draft("edit")}
          </a>
        ) : null}
      </div>
    </li>
  );
}
