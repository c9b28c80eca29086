import { createContext, useContext } from "react";

/** One thing that may be chosen, named in the reader's language. */
export interface Choice {
  value: string;
  label: string;
  /** A second line: the id, the type. */
  hint?: string;
}

/** An element that something can be fastened to, with the names of its connection points. */
export interface AnchorChoice extends Choice {
  anchors: readonly string[];
}

export interface MediaChoices {
  names: readonly string[];
  /** Address of a picture. */
  url: (name: string) => string;
  /** Adds a picture and answers its name; null where nothing may be added. */
  upload: ((file: File) => Promise<string>) | null;
}

/** What the pickers of a form offer: filled by whoever shows the form. */
export interface FormChoices {
  pages: readonly Choice[];
  assets: readonly Choice[];
  assetTypes: readonly Choice[];
  roles: readonly Choice[];
  media: MediaChoices;
  /** The elements beside the one whose form it is, on the same free canvas. */
  anchors: readonly AnchorChoice[];
}

const NOTHING: FormChoices = {
  pages: [],
  assets: [],
  assetTypes: [],
  roles: [],
  media: { names: [], url: (name) => name, upload: null },
  anchors: [],
};

export const FormChoicesContext = createContext<FormChoices>(NOTHING);
export const useChoices = (): FormChoices => useContext(FormChoicesContext);
