import { createContext, useContext } from "react";

/** Gives the address of a picture of the app's media library; null where there is no library. */
export type MediaSource = (name: string) => string | null;

/** Provided by whoever shows an app: runtime, designer, gallery. */
export const MediaContext = createContext<MediaSource>(() => null);

/** The address of a picture; null where none is chosen, or where there is no library. */
export function useMedia(name: string | null | undefined): string | null {
  const source = useContext(MediaContext);
  return name ? source(name) : null;
}
