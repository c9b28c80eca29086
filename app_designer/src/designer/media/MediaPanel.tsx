import { Button, Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { AppsApi, type Medium, mediaUrl } from "@sdk/api/apps";
import { ApiError, describeError } from "@sdk/api/problem";
import { formatBytes } from "@sdk/format/number";
import { chosenFiles } from "@sdk/ui/chosen_files";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useDesigner } from "../model/hooks";
import css from "./media.module.css";
import { useTexts } from "./texts";

const FILE_MAX_BYTES = 2 << 20;
const KINDS = new Set(["image/svg+xml", "image/png", "image/jpeg", "image/webp"]);

type Loaded = { list: readonly Medium[] } | { error: unknown } | null;

/** The pictures of the app: add by drop or choice, see what is used, remove what is not. */
export default function MediaPanel() {
  const text = useTexts();
  const { t } = useLocale();
  const { api } = useServices();
  const apps = useMemo(() => new AppsApi(api), [api]);
  const appId = useDesigner((state) => state.appId);
  const [loaded, setLoaded] = useState<Loaded>(null);
  const load = useCallback(() => {
    apps.media(appId).then(
      (list) => setLoaded({ list }),
      (error) => setLoaded({ error }),
    );
  }, [apps, appId]);
  useEffect(load, [load]);
  return (
    <div className={css.panel}>
      <Upload apps={apps} appId={appId} done={load} />
      {loaded === null ? <Skeleton width="100%" height="160px" /> : null}
      {loaded && "error" in loaded ? (
        <Notice icon="warn" title={text("could_not_load")} hint={describeError(loaded.error, t)} tone="alarm">
          <Button onClick={load}>{text("retry")}</Button>
        </Notice>
      ) : null}
      {loaded && "list" in loaded ? (
        <List list={loaded.list} appId={appId} remove={(name) => apps.removeMedium(appId, name).then(load)} />
      ) : null}
    </div>
  );
}

interface UploadProps {
  apps: AppsApi;
  appId: string;
  done: () => void;
}

function Upload({ apps, appId, done }: UploadProps) {
  const text = useTexts();
  const { t } = useLocale();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [failures, setFailures] = useState<readonly string[]>([]);
  const [over, setOver] = useState(false);
  const send = async (files: readonly File[]) => {
    const failed: string[] = [];
    for (const file of files) {
      setBusy(file.name);
      const why = await upload(file);
      if (why) failed.push(text("failed", { name: file.name, why }));
    }
    setBusy(null);
    setFailures(failed);
    if (input.current) input.current.value = "";
    done();
  };
  const upload = async (file: File): Promise<string | null> => {
    if (file.size > FILE_MAX_BYTES) return text("too_large");
    if (!KINDS.has(file.type)) return text("wrong_kind");
    try {
      await apps.uploadMedium(appId, file, file.name.replace(/\.[a-z]+$/i, "").slice(0, 80));
      return null;
    } catch (error) {
      if (error instanceof ApiError) return describeError(error, t);
      throw error;
    }
  };
  return (
    <section
      className={css.drop}
      data-over={over}
      aria-label={text("drop")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void send([...event.dataTransfer.files]);
      }}
    >
      <p>{busy ? text("uploading", { name: busy }) : text("drop")}</p>
      <Button disabled={busy !== null} onClick={() => input.current?.click()}>
        {text("choose")}
      </Button>
      <small>{text("hint")}</small>
      <input
        ref={input}
        type="file"
        multiple
        accept={[...KINDS].join(",")}
        hidden
        onChange={(event) => void send(chosenFiles(event.target))}
      />
      {failures.length > 0 ? (
        <ul className={css.failures} role="alert">
          {failures.map((failure) => (
            <li key={failure}>{failure}</li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

interface ListProps {
  list: readonly Medium[];
  appId: string;
  remove: (name: string) => Promise<void>;
}

function List({ list, appId, remove }: ListProps) {
  const text = useTexts();
  const { language, t } = useLocale();
  const [error, setError] = useState<unknown>(null);
  if (list.length === 0) return <Notice icon="plus" title={text("empty")} />;
  return (
    <>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <ul className={css.list} aria-label={text("list")}>
        {list.map((medium) => {
          const name = medium.title || medium.name.slice(0, 12);
          const facts = {
            width: String(medium.width),
            height: String(medium.height),
            size: formatBytes(medium.size, language),
          };
          return (
            <li key={medium.name}>
              <img src={mediaUrl(appId, medium.name)} alt="" loading="lazy" />
              <span className={css.facts}>
                <strong className="truncate" title={name}>
                  {name}
                </strong>
                <small>{text("size", facts)}</small>
                <small>{text(medium.used ? "used" : "unused")}</small>
              </span>
              {medium.used ? null : (
                <button
                  type="button"
                  className={css.remove}
                  aria-label={text("remove", { name })}
                  title={text("remove", { name })}
                  onClick={() => void remove(medium.name).catch(setError)}
                >
                  <Icon name="trash" size={18} />
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
