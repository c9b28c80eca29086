import { Button, formatMoment, Icon, localText, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { type CodeBlock, CodeBlocksApi } from "@sdk/api/code_blocks";
import { ApiError, describeError } from "@sdk/api/problem";
import { formatBytes } from "@sdk/format/number";
import { LinkButton } from "@sdk/ui/primitives";
import { useCallback, useMemo, useState } from "react";
import { FailedList, NotYours } from "../packages/ListStates";
import shared from "../packages/packages.module.css";
import { SignedBy } from "../packages/SignedBy";
import { usePackageTexts } from "../packages/texts";
import { useList } from "../packages/use_list";
import { followLink } from "../router";
import { useIsAdmin } from "../session";
import shell from "../shell.module.css";
import css from "./code_blocks.module.css";
import { InstallBlock } from "./InstallBlock";
import { useCodeBlockTexts } from "./texts";

/** Installed blocks of other makers: who signed them, what they may do, who uses them. */
export default function CodeBlocksScreen() {
  const text = useCodeBlockTexts();
  const { t } = useLocale();
  const { api: client } = useServices();
  const api = useMemo(() => new CodeBlocksApi(client), [client]);
  const isAdmin = useIsAdmin();
  const {
    all: blocks,
    setAll: setBlocks,
    error: unread,
    busy,
    load,
  } = useList(useCallback(() => api.list(), [api]));
  const [error, setError] = useState<unknown>(null);
  const [installing, setInstalling] = useState(false);
  const act = (work: Promise<void>) =>
    void work.then(() => setError(null), setError).finally(() => void load());
  if (unread instanceof ApiError && unread.status === 403) {
    return (
      <>
        <h1 className={shell.screenTitle}>{text("title")}</h1>
        <NotYours />
      </>
    );
  }
  return (
    <>
      <h1 className={shell.screenTitle}>{text("title")}</h1>
      <p className={shared.intro}>{text("intro")}</p>
      {unread ? (
        <FailedList error={unread} old={blocks !== null} busy={busy} retry={() => void load()} />
      ) : null}
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <div className={css.ways}>
        <Button look="primary" onClick={() => setInstalling(true)}>
          {text("choose")}
        </Button>
        <LinkButton href="/publishers" onClick={followLink}>
          <Icon name="shield" size={18} />
          {t("publishers.title")}
        </LinkButton>
      </div>
      {!blocks && !unread ? <Skeleton width="100%" height="240px" /> : null}
      {blocks?.length === 0 ? <Notice icon="shapes" title={text("none")} hint={text("none_hint")} /> : null}
      <ul className={shared.list}>
        {blocks?.map((block) => (
          <li key={`${block.id} ${block.version}`}>
            <Installed
              block={block}
              isAdmin={isAdmin}
              grant={(granted) => {
                // Shown at once; what the platform says afterwards is what holds.
                setBlocks((all) => all?.map((one) => (one === block ? { ...one, granted } : one)) ?? null);
                act(api.grant(block, granted));
              }}
              remove={() => act(api.remove(block))}
            />
          </li>
        ))}
      </ul>
      {installing ? (
        <InstallBlock
          api={api}
          close={() => setInstalling(false)}
          done={() => {
            setInstalling(false);
            void load();
          }}
        />
      ) : null}
    </>
  );
}

interface InstalledProps {
  block: CodeBlock;
  isAdmin: boolean;
  grant: (granted: CodeBlock["granted"]) => void;
  remove: () => void;
}

function Installed({ block, isAdmin, grant, remove }: InstalledProps) {
  const text = useCodeBlockTexts();
  const packageText = usePackageTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const name = localText(block.manifest.meta.name, language) || block.id;
  const { version, author, apps, hash } = block;
  const time = formatMoment(block.ts, live.clock.now(), language);
  return (
    <article className={`${shared.item} ${css.block}`} aria-label={`${block.id} ${version}`}>
      <h2>
        {name} <small>{text("version", { version })}</small>
      </h2>
      <p className={shared.hint}>
        <code>{block.id}</code> · {localText(block.manifest.meta.summary, language)}
      </p>
      <p className={shared.hint} title={hash}>
        {packageText("hash", { hash: hash.slice(0, 16) })} ·{" "}
        {text("facts", { size: formatBytes(block.size, language), time, author })}
      </p>
      <SignedBy signature={block.signature} />
      <Grants block={block} isAdmin={isAdmin} grant={grant} />
      <p className={shared.hint}>
        {apps.length > 0 ? text("used", { apps: apps.join(", ") }) : text("unused")}
      </p>
      {apps.length > 0 ? null : (
        <div>
          <Button aria-label={text("remove", { name, version })} onClick={remove}>
            {text("remove_short")}
          </Button>
        </div>
      )}
    </article>
  );
}

function Grants({ block, isAdmin, grant }: Omit<InstalledProps, "remove">) {
  const text = useCodeBlockTexts();
  if (block.capabilities.length === 0) return <p className={shared.hint}>{text("asks_nothing")}</p>;
  return (
    <fieldset className={css.grants} disabled={!isAdmin}>
      <legend>{text("asks")}</legend>
      {block.capabilities.map((one) => (
        <label key={one} className={shared.check}>
          <input
            type="checkbox"
            name={one}
            checked={block.granted.includes(one)}
            onChange={(event) =>
              grant(event.target.checked ? [...block.granted, one] : block.granted.filter((it) => it !== one))
            }
          />
          {text(one)}
        </label>
      ))}
      {isAdmin ? null : <p className={shared.hint}>{text("admin_only")}</p>}
    </fieldset>
  );
}
