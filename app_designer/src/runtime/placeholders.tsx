import { Button, localText, Notice, Tile, useLocale } from "@sdk";
import { useRuntimeTexts } from "./i18n/texts";

/** Stands for a block that is not installed here. */
export function UnknownBlock({ type }: { type: string }) {
  const { t } = useLocale();
  return (
    <Tile title={t("element.unknown")}>
      <Notice icon="question" title={type} hint={t("element.unknown_hint", { type })} />
    </Tile>
  );
}

/** Stands for a block of another maker in the exact version the app names. */
export function MissingCodeBlock({ type, version }: { type: string; version: string }) {
  const { t } = useLocale();
  return (
    <Tile title={t("element.missing_code")}>
      <Notice icon="question" title={type} hint={t("element.missing_code_hint", { type, version })} />
    </Tile>
  );
}

/** Stands for an element that a newer version of the product has saved. */
export function NewerBlock({ name, type }: { name: Record<string, string>; type: string }) {
  const { language } = useLocale();
  const t = useRuntimeTexts();
  const shown = localText(name, language) || type;
  return (
    <Tile title={shown}>
      <Notice icon="question" title={t("element.newer")} hint={t("element.newer_hint", { name: shown })} />
    </Tile>
  );
}

export function MissingPermission() {
  const t = useRuntimeTexts();
  return (
    <Tile title={t("element.no_permission")}>
      <div data-level="no_permission">
        <Notice icon="question" title={t("element.no_permission")} hint={t("element.no_permission_hint")} />
      </div>
    </Tile>
  );
}

/** Stands for a block that failed while it was drawn. */
export function Crashed({ retry }: { retry: () => void }) {
  const { t } = useLocale();
  return (
    <Tile title={t("element.crashed")}>
      <Notice icon="warn" title={t("element.crashed")} hint={t("element.crashed_hint")} tone="alarm">
        <Button onClick={retry}>{t("common.retry")}</Button>
      </Notice>
    </Tile>
  );
}

/** Stands for a block of the app that the release does not hold. */
export function MissingComposite({ name, version }: { name: string; version: number }) {
  const t = useRuntimeTexts();
  const hint = t("element.no_block_hint", { name, version: String(version) });
  return (
    <Tile title={name}>
      <Notice icon="question" title={t("element.no_block")} hint={hint} />
    </Tile>
  );
}

export function TooDeep({ name, most }: { name: string; most: number }) {
  const t = useRuntimeTexts();
  return (
    <Tile title={name}>
      <Notice
        icon="warn"
        title={t("element.too_deep")}
        hint={t("element.too_deep_hint", { most: String(most) })}
      />
    </Tile>
  );
}
