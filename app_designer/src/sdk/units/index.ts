/** Units of measurement: what belongs together and how to convert. See docs/reference/units.md. */
export { convertValue, dimensionOf, parseUnit, sameDimension, type Unit, unitsLike } from "./units";
