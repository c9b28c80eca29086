import { Button, type ComponentProps, localText, Notice, Skeleton, Tile, useLocale, type Value } from "@sdk";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { actOnUse } from "./capabilities";
import { InputFeed } from "./InputFeed";
import type { SandboxManifest } from "./manifest";
import { type FrameInputs, type FrameValue, type FrameView, isOfType, type Up } from "./protocol";
import css from "./sandbox.module.css";
import type { SessionEnd } from "./session";
import { useSandboxTexts } from "./texts";
import { themeTokens, watchTheme } from "./theme_tokens";
import { useSession } from "./use_session";

interface FrameProps {
  manifest: SandboxManifest;
  given: ComponentProps;
}

/** After these pauses a stopped block is started again by itself: a wall screen has nobody to press a button. */
const RESTART_S = [5, 30, 120];
/** A block that went well for so long begins anew with its restarts. */
const HEALTHY_MS = 600_000;

/** A block of another maker: it draws in a frame of its own, and can do nothing but what its manifest declares. */
export function SandboxFrame({ manifest, given }: FrameProps) {
  const t = useSandboxTexts();
  const { language } = useLocale();
  const [run, setRun] = useState(0);
  /** Restarts since it last went well for a while. */
  const [tries, setTries] = useState(0);
  const [end, setEnd] = useState<{ why: SessionEnd; message: string } | null>(null);
  const restart = useCallback(() => {
    setEnd(null);
    setRun((before) => before + 1);
    setTries((before) => before + 1);
  }, []);
  const pause_s = end ? RESTART_S[tries] : undefined;
  useEffect(() => {
    if (end || tries === 0) return;
    const timer = setTimeout(() => setTries(0), HEALTHY_MS);
    return () => clearTimeout(timer);
  }, [end, tries]);
  useEffect(() => {
    if (pause_s === undefined) return;
    const timer = setTimeout(restart, pause_s * 1000);
    return () => clearTimeout(timer);
  }, [pause_s, restart]);
  const name = localText(manifest.name, language) || manifest.id;
  if (end) {
    const why = t(`end_${end.why}`, { message: end.message });
    const next = pause_s === undefined ? t("rest") : t("retrying", { seconds: String(pause_s) });
    return (
      <Tile title={name}>
        <div className={css.ended} data-state={end.why} role="alert">
          <Notice icon="warn" title={t("failed")} hint={`${why} ${next}`}>
            <Button onClick={restart}>{t("again")}</Button>
          </Notice>
        </div>
      </Tile>
    );
  }
  const stop = (why: SessionEnd, message: string) => setEnd({ why, message });
  return <Running key={run} manifest={manifest} given={given} name={name} onEnd={stop} />;
}

type RunningProps = FrameProps & { name: string; onEnd: (why: SessionEnd, message: string) => void };

function Running({ manifest, given, name, onEnd }: RunningProps) {
  const t = useSandboxTexts();
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const view = useView(given, manifest, box);
  const { inputs, feeds } = useInputs(given.inputs);
  const heard = useRef((message: Exclude<Up, { t: "pong" }>) => message);
  const hear = (message: Exclude<Up, { t: "pong" }>) => {
    if (message.t === "height") setHeight(message.px);
    else if (message.t === "use") {
      const place = { block: manifest.id, granted: manifest.granted ?? [], box: box.current };
      const runs = given.mode === "run" && given.enabled;
      void actOnUse(message.use, { ...place, runs }).then((answer) =>
        say({ t: "used", n: message.n, ...answer }),
      );
    } else act(manifest, given, message);
    return message;
  };
  heard.current = hear;
  const { frame, ready, say } = useSession({
    entry: manifest.runtime?.entry ?? "block.js",
    view,
    inputs,
    onMessage: (message) => heard.current(message),
    onEnd,
  });
  const src = `/sandbox/${manifest.id}/${manifest.hash ?? manifest.version}/frame.html`;
  return (
    <div ref={box} className={css.box} data-state={ready ? "ready" : "loading"}>
      {feeds}
      {ready ? null : (
        <div className={css.loading} role="status" aria-label={t("loading")}>
          <Skeleton width="100%" height="100%" />
        </div>
      )}
      <iframe
        ref={frame}
        className={css.frame}
        style={{ minHeight: height }}
        title={t("frame", { name })}
        sandbox="allow-scripts"
        allow=""
        referrerPolicy="no-referrer"
        src={src}
      />
    </div>
  );
}

/** Events and outputs of a frame, as far as its manifest declares them, with values of the declared types. */
export function act(
  manifest: Pick<SandboxManifest, "events" | "outputs">,
  given: Pick<ComponentProps, "emit" | "output" | "enabled">,
  message: Up,
): boolean {
  if (message.t === "output") {
    const spec = own(manifest.outputs, message.name);
    if (!spec || !isOfType(message.value, spec.type)) return false;
    if (spec.enum?.length && !spec.enum.includes(String(message.value))) return false;
    given.output(message.name, message.value);
    return true;
  }
  if (message.t !== "emit" || !given.enabled) return false;
  const spec = own(manifest.events, message.name);
  if (!spec) return false;
  const payload: Record<string, Value> = {};
  for (const [field, type] of Object.entries(spec.payload ?? {})) {
    const value = message.payload.get(field) ?? null;
    if (!isOfType(value, type)) return false;
    payload[field] = value;
  }
  return given.emit(message.name, payload);
}

const own = <T,>(all: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  all && Object.hasOwn(all, name) ? all[name] : undefined;

const NOTHING: readonly string[] = [];

/** What the frame is told about its place; a new object only when something of it changed. */
function useView(
  given: ComponentProps,
  manifest: SandboxManifest,
  box: React.RefObject<HTMLDivElement | null>,
): FrameView {
  const { language } = useLocale();
  const [theme, setTheme] = useState(themeTokens);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => watchTheme(() => setTheme(themeTokens())), []);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  const { props, compact, enabled, mode } = given;
  const texts = manifest.i18n?.[language] ?? manifest.i18n?.en;
  const capabilities = manifest.granted ?? NOTHING;
  return useMemo(
    () => ({ props, language, theme, texts: texts ?? {}, ...size, compact, enabled, mode, capabilities }),
    [props, language, theme, texts, size, compact, enabled, mode, capabilities],
  );
}

/** The present values of all inputs, gathered from one follower each. */
function useInputs(inputs: ComponentProps["inputs"]) {
  const [values, setValues] = useState<ReadonlyMap<string, FrameValue>>(new Map());
  const setters = useRef(new Map<string, (value: FrameValue) => void>());
  const setterOf = (key: string) => {
    const known = setters.current.get(key);
    if (known) return known;
    const made = (value: FrameValue) => setValues((before) => new Map(before).set(key, value));
    setters.current.set(key, made);
    return made;
  };
  const pairs = Object.entries(inputs).flatMap(([name, signals]) =>
    signals.map((signal, index) => ({ key: `${name}/${index}`, signal })),
  );
  const feeds = pairs.map(({ key, signal }) => (
    <InputFeed key={key} signal={signal} onValue={setterOf(key)} />
  ));
  const gathered = useMemo<FrameInputs>(
    () =>
      Object.fromEntries(
        Object.entries(inputs).map(([name, signals]) => [
          name,
          signals.map((_, index) => values.get(`${name}/${index}`) ?? null),
        ]),
      ),
    [inputs, values],
  );
  return { inputs: gathered, feeds };
}
