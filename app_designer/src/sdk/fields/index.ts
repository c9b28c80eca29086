/** Entry: what all blocks in which people type, choose or switch share. */
export { type Command, type CommandState, type Readback, useCommand, useReadback } from "./command";
export {
  type EntryLimits,
  type EntryProblem,
  type EntrySettings,
  entryLimits,
  isSame,
  limitProblem,
  limitWarning,
  stepped,
} from "./entry_limits";
export { type Entry, entryMeta, entryOf, storedText, useEntry } from "./entry_unit";
export { FieldControl } from "./FieldControl";
export {
  type FieldCondition,
  type FieldDraft,
  type FieldDrafts,
  type FieldKind,
  type FieldReading,
  type FieldSpec,
  fieldEntry,
  initialDraft,
  isFieldVisible,
  readField,
} from "./field_spec";
export { forgetKept, KeepScopeContext, useKeepScope, useKept } from "./kept";
export { isTouch, NumberEntry } from "./NumberEntry";
export { NumberPad, padText } from "./NumberPad";
export { readNumber, type TypedNumber, writeNumber } from "./number_text";
export { isOn, Outcome } from "./Outcome";
export { childrenOf, type FieldOption, optionKey, optionName, optionsOfTexts } from "./options";
export { Reasons } from "./Reasons";
export { rangeText } from "./range_text";
export { SingleField } from "./SingleField";
export { type FieldText, useFieldTexts } from "./texts";
