import { Button, Icon, Notice, useServices } from "@sdk";
import { AppsApi, type Medium, mediaUrl } from "@sdk/api/apps";
import { themeVersion } from "@sdk/theme";
import { chosenFiles } from "@sdk/ui/chosen_files";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { Sample } from "./Sample";
import { useTexts } from "./texts";
import css from "./theme.module.css";
import { faintPairs, readTheme, type Shade, THEME_TOKENS, type ThemeToken, type Tokens } from "./tokens";

const FILE_MAX_BYTES = 64 << 10;

/** The look of the app: a few tokens for light and dark, checked for contrast, with a sample beside. */
export default function ThemePanel() {
  const text = useTexts();
  const [shade, setShade] = useState<Shade>(() => (themeVersion() === "dark" ? "dark" : "light"));
  const theme = useDesigner((state) => state.draft.app.theme);
  const changed: Tokens = theme?.[shade] ?? {};
  const [sample, setSample] = useState<HTMLElement | null>(null);
  const base = useBase(sample, shade);
  return (
    <div className={css.panel}>
      <p className={css.lead}>{text("lead")}</p>
      <fieldset className={css.shades}>
        <legend className="visually-hidden">{text("shade")}</legend>
        {(["light", "dark"] as const).map((name) => (
          <button key={name} type="button" aria-pressed={name === shade} onClick={() => setShade(name)}>
            {text(name)}
          </button>
        ))}
      </fieldset>
      <Sample shade={shade} tokens={changed} hold={setSample} />
      <FaintNotice changed={changed} base={base} />
      <div className={css.fields}>
        {THEME_TOKENS.map((token) => (
          <TokenField key={token.name} token={token} shade={shade} changed={changed} base={base} />
        ))}
      </div>
      <Logo />
      <Files />
    </div>
  );
}

/** The built-in values of the tokens in a shade, read from the page itself. */
function useBase(sample: HTMLElement | null, shade: Shade): Tokens {
  const [base, setBase] = useState<Tokens>({});
  useEffect(() => {
    const plain = sample?.querySelector<HTMLElement>("[data-plain]");
    if (!plain || plain.dataset.theme !== shade) return;
    const style = getComputedStyle(plain);
    setBase(Object.fromEntries(THEME_TOKENS.map(({ name }) => [name, style.getPropertyValue(name).trim()])));
  }, [sample, shade]);
  return base;
}

function FaintNotice({ changed, base }: { changed: Tokens; base: Tokens }) {
  const text = useTexts();
  const faint = faintPairs(changed, base);
  if (faint.length === 0) return null;
  const label = (name: string) => text(THEME_TOKENS.find((token) => token.name === name)?.label ?? "text");
  return (
    <Notice icon="warn" title={text("faint")} tone="alarm">
      <ul className={css.faint}>
        {faint.map(({ token, against, ratio }) => (
          <li key={token + against}>
            {text("faint_pair", { one: label(token), other: label(against), ratio: ratio.toFixed(1) })}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

interface FieldProps {
  token: ThemeToken;
  shade: Shade;
  changed: Tokens;
  base: Tokens;
}

function TokenField({ token, shade, changed, base }: FieldProps) {
  const text = useTexts();
  const store = useDesignerStore();
  const value = changed[token.name] ?? base[token.name] ?? "";
  const own = token.name in changed;
  const set = (next: string | undefined) => {
    const path = ["app", "theme", shade, token.name];
    store.change(text("step"), [{ path, value: next }], { coalesce: path.join("/") });
  };
  const label = text(token.label);
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id}>
        <span className="truncate" title={label}>
          {label}
        </span>
        {token.kind === "color" ? (
          <input id={id} type="color" value={longHex(value)} onChange={(event) => set(event.target.value)} />
        ) : (
          <input
            id={id}
            type="number"
            min={0}
            max={24}
            value={Number.parseInt(value, 10) || 0}
            onChange={(event) => set(`${Math.min(24, Math.max(0, Number(event.target.value) || 0))}px`)}
          />
        )}
      </label>
      <button
        type="button"
        className={css.reset}
        disabled={!own}
        aria-label={text("reset", { name: label })}
        title={text("reset", { name: label })}
        onClick={() => set(undefined)}
      >
        <Icon name="reset" size={16} />
      </button>
    </div>
  );
}

/** A colour field takes six digits alone. */
function longHex(value: string): string {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(value);
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join("")}`;
  return /^#[0-9a-f]{6}$/i.test(value) ? value : "#000000";
}

function Logo() {
  const text = useTexts();
  const { api } = useServices();
  const store = useDesignerStore();
  const appId = useDesigner((state) => state.appId);
  const logo = useDesigner((state) => state.draft.app.theme?.logo ?? null);
  const apps = useMemo(() => new AppsApi(api), [api]);
  const [media, setMedia] = useState<readonly Medium[]>([]);
  useEffect(() => {
    let gone = false;
    apps.media(appId).then(
      (list) => !gone && setMedia(list),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [apps, appId]);
  const set = (name: string) =>
    store.change(text("step"), [{ path: ["app", "theme", "logo"], value: name || undefined }]);
  return (
    <label className={css.logo}>
      <span>{text("logo")}</span>
      <select value={logo ?? ""} onChange={(event) => set(event.target.value)}>
        <option value="">{text("no_logo")}</option>
        {media.map(({ name, title }) => (
          <option key={name} value={name}>
            {title || name.slice(0, 12)}
          </option>
        ))}
      </select>
      {logo ? <img src={mediaUrl(appId, logo)} alt="" height={32} /> : <small>{text("logo_hint")}</small>}
    </label>
  );
}

function Files() {
  const text = useTexts();
  const store = useDesignerStore();
  const theme = useDesigner((state) => state.draft.app.theme);
  const input = useRef<HTMLInputElement>(null);
  const [bad, setBad] = useState(false);
  const save = () => {
    const { light = {}, dark = {} } = theme ?? {};
    const url = URL.createObjectURL(
      new Blob([`${JSON.stringify({ light, dark }, null, 2)}\n`], { type: "application/json" }),
    );
    const link = document.createElement("a");
    link.href = url;
    link.download = "theme.json";
    link.click();
    URL.revokeObjectURL(url);
  };
  const read = async (file: File | undefined) => {
    const found = file ? readTheme(await file.slice(0, FILE_MAX_BYTES).text()) : null;
    if (input.current) input.current.value = "";
    setBad(file !== undefined && found === null);
    if (found) store.change(text("step"), [{ path: ["app", "theme"], value: { ...theme, ...found } }]);
  };
  const reset = () => store.change(text("step"), [{ path: ["app", "theme"], value: undefined }]);
  return (
    <>
      {bad ? <Notice icon="warn" title={text("import_bad")} tone="alarm" /> : null}
      <div className={css.files}>
        <Button onClick={save}>{text("export")}</Button>
        <Button onClick={() => input.current?.click()}>{text("import")}</Button>
        <Button look="quiet" disabled={!theme} onClick={reset}>
          {text("reset_all")}
        </Button>
        <input
          ref={input}
          type="file"
          accept=".json,application/json"
          hidden
          onChange={(event) => void read(chosenFiles(event.target)[0])}
        />
      </div>
    </>
  );
}
