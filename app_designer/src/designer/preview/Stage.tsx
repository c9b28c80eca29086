import { AppRuntime } from "@runtime/AppRuntime";
import { maySee } from "@runtime/access";
import type { TextParams } from "@runtime/action";
import { useAppTheme } from "@runtime/app_theme";
import type { Destination } from "@runtime/host";
import type { LoadedApp, User } from "@runtime/scope";
import { Notice } from "@sdk";
import { DetailContext, LocaleContext, RangeContext } from "@sdk/context";
import { localText, translator } from "@sdk/i18n/catalogue";
import type { RangeChoice } from "@sdk/range";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { type PreviewChoice, SCREENS } from "./choice";
import css from "./preview.module.css";
import { useTexts } from "./texts";

interface StageProps {
  loaded: LoadedApp;
  choice: PreviewChoice;
  userName: string;
  page: string;
  params: TextParams;
  go: (target: Destination) => void;
  setParam: (name: string, value: string) => void;
}

const noDetail = () => {};

/** The app on a screen of the chosen size, made smaller where the window is. */
export function Stage({ loaded, choice, userName, page, params, go, setParam }: StageProps) {
  const text = useTexts();
  const { width, height, breakpoint } = SCREENS[choice.size];
  const { language, role } = choice;
  const user = useMemo((): User => ({ name: userName, role, tenant: "" }), [userName, role]);
  const locale = useMemo(() => ({ language, t: translator(language) }), [language]);
  const seen = Object.values(loaded.pages).filter(({ access }) => maySee(access, user));
  const shown =
    seen.find(({ id }) => id === page) ?? seen.find(({ id }) => id === loaded.app.home) ?? seen[0];
  const [range, setRange] = useState<RangeChoice | null>(null);
  const fallback = shown?.range?.default ?? "1h";
  const control = useMemo(
    () => ({ choice: range ?? { kind: "live" as const, span: fallback }, setChoice: setRange }),
    [range, fallback],
  );
  const [screen, setScreen] = useState<HTMLElement | null>(null);
  useAppTheme(loaded.app.theme, screen);
  const { box, scale } = useFit(width, height);
  if (!shown) return <Notice icon="lock" title={text("no_page", { role: text(`role_${role}`) })} />;
  return (
    <div className={css.stage} ref={box}>
      <div className={css.frame} style={{ width: width * scale, height: height * scale }}>
        <section
          ref={setScreen}
          className={css.screen}
          aria-label={text(`size_${choice.size}`)}
          data-theme={choice.theme}
          lang={language}
          style={{ width, height, transform: `scale(${scale})` }}
        >
          <LocaleContext.Provider value={locale}>
            <DetailContext.Provider value={noDetail}>
              <RangeContext.Provider value={control}>
                <Menu loaded={loaded} user={user} page={shown.id} go={go} language={language} />
                <div className={css.page}>
                  <AppRuntime
                    key={`${shown.id}/${role}`}
                    loaded={loaded}
                    page={shown}
                    params={params}
                    user={user}
                    dry
                    breakpoint={breakpoint}
                    onNavigate={go}
                    onParam={setParam}
                    href={() => null}
                  />
                </div>
              </RangeContext.Provider>
            </DetailContext.Provider>
          </LocaleContext.Provider>
        </section>
      </div>
    </div>
  );
}

interface MenuProps extends Pick<StageProps, "loaded" | "page" | "go"> {
  user: User;
  language: PreviewChoice["language"];
}

function Menu({ loaded, user, page, go, language }: MenuProps) {
  const text = useTexts();
  const entries = (loaded.app.nav ?? []).filter((entry) => {
    const target = loaded.pages[entry.page];
    return target && maySee(target.access, user);
  });
  if (entries.length < 2) return null;
  return (
    <nav className={css.menu} aria-label={text("pages")}>
      {entries.map((entry) => (
        <button
          key={entry.page}
          type="button"
          aria-current={entry.page === page ? "page" : undefined}
          onClick={() => go({ page: entry.page, app: null, params: {} })}
        >
          {localText(entry.label, language)}
        </button>
      ))}
    </nav>
  );
}

const MARGIN = 32;

/** How much smaller a screen is drawn so that all of it is seen. */
function useFit(width: number, height: number) {
  const box = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(1);
  useLayoutEffect(() => {
    const measure = () => {
      const element = box.current;
      if (!element) return;
      const across = (element.clientWidth - MARGIN) / width;
      const down = (element.clientHeight - MARGIN) / height;
      setScale(Math.max(0.2, Math.min(1, across, down)));
    };
    // The dialog has its size only once it is open.
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, [width, height]);
  return { box, scale };
}
