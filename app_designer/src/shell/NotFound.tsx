import { Icon, Notice, useLocale } from "@sdk";
import { LinkButton } from "@sdk/ui/primitives";
import { followLink } from "./router";

export function NotFound() {
  const { t } = useLocale();
  return (
    <>
      <h1 className="visually-hidden">{t("notfound.title")}</h1>
      <Notice icon="question" title={t("notfound.title")} hint={t("notfound.hint")}>
        <LinkButton href="/" onClick={followLink}>
          <Icon name="home" size={18} />
          {t("notfound.home")}
        </LinkButton>
      </Notice>
    </>
  );
}
