import { useServices } from "@sdk";
import type { Preferences } from "@sdk/api/plant";
import { setSiteZone } from "@sdk/format/zone";
import { type Change, NO_PREFERENCES, PreferenceBook } from "@sdk/preferences/book";
import { UnitsContext } from "@sdk/preferences/context";
import { loadUnits, type UnitWishes, wishesAnything } from "@sdk/preferences/display_unit";
import { chooseTheme, chosenTheme } from "@sdk/theme";
import {
  createContext,
  Fragment,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { useChooseLanguage } from "./locale";
import { sessionOf, useSession } from "./session";

interface PreferenceControl {
  preferences: Preferences;
  change: (change: Change) => void;
}

const Context = createContext<PreferenceControl>({ preferences: NO_PREFERENCES, change: () => {} });
export const usePreferences = (): PreferenceControl => useContext(Context);

/** Language and appearance follow the person to this device. */
function useFollow({ language, theme }: Preferences): void {
  const chooseLanguage = useChooseLanguage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the wish is followed.
  useEffect(() => {
    if (language) chooseLanguage(language);
  }, [language]);
  useEffect(() => {
    if (theme && theme !== chosenTheme()) chooseTheme(theme);
  }, [theme]);
}

/**
 * The wishes once the units are here, so that no number jumps: null before, when there are any from the beginning;
 * later ones follow as soon as they can. Where the units do not arrive, values stand as they are stored.
 */
export function useReadyWishes(wishes: UnitWishes): UnitWishes | null {
  const [ready, setReady] = useState(wishesAnything(wishes) ? null : wishes);
  useEffect(() => {
    let gone = false;
    const take = (those: UnitWishes) => gone || setReady(those);
    if (wishesAnything(wishes)) {
      loadUnits().then(
        () => take(wishes),
        () => take({}),
      );
    } else take(wishes);
    return () => {
      gone = true;
    };
  }, [wishes]);
  return ready;
}

/** The settings of the person who is signed in, for everything inside. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const { api } = useServices();
  const { state } = useSession();
  const session = sessionOf(state);
  const person = session ? `${session.tenant}/${session.user.name}` : "";
  const book = useMemo(() => new PreferenceBook(api, person), [api, person]);
  useEffect(() => {
    void book.load();
    return () => book.stop();
  }, [book]);
  const preferences = useSyncExternalStore(book.subscribe, book.snapshot);
  useFollow(preferences);
  const zone = preferences.zone || (session?.zone ?? "");
  // Before anything inside is drawn, and again after the session has set that of the site.
  useMemo(() => {
    if (session) setSiteZone(zone);
  }, [zone, session]);
  const control = useMemo(
    () => ({ preferences, change: (change: Change) => book.change(change) }),
    [preferences, book],
  );
  const { units } = preferences;
  const key = JSON.stringify(units);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same wishes stay the same object.
  const wishes = useReadyWishes(useMemo(() => units, [key]));
  if (!wishes) return null;
  return (
    <Context.Provider value={control}>
      <UnitsContext.Provider value={wishes}>
        <Fragment key={zone}>{children}</Fragment>
      </UnitsContext.Provider>
    </Context.Provider>
  );
}
