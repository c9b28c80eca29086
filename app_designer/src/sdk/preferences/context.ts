import { createContext, useContext } from "react";
import type { UnitWishes } from "./display_unit";

const AS_STORED: UnitWishes = {};

/** The units a reader wants to see, by dimension. Without it values stand in the unit they are stored in. */
export const UnitsContext = createContext<UnitWishes>(AS_STORED);
export const useUnitWishes = (): UnitWishes => useContext(UnitsContext);
