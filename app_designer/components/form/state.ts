import {
  type ComponentProps,
  entryMeta,
  type FieldDraft,
  type FieldDrafts,
  type FieldSpec,
  fieldEntry,
  isFieldVisible,
  readField,
  type TagMeta,
  useKeepScope,
  useUnitWishes,
  type Value,
  type WriteOutcome,
} from "@sdk";
import { useEffect, useMemo, useRef, useState } from "react";
import { initialDrafts, loadDrafts, saveDrafts } from "./drafts";
import { entriesOf, type FieldOutcome, type Placed, placedFields, worstOf, writeEntries } from "./submit";

export interface FormState {
  phase: "editing" | "sending" | WriteOutcome["status"];
  shown: readonly Placed[];
  drafts: FieldDrafts;
  set: (id: string, draft: FieldDraft) => void;
  /** Takes along the present value of a tag. */
  take: (id: string, value: Value) => void;
  /** Outcome of each field of the last submit. */
  outcomes: ReadonlyMap<string, FieldOutcome>;
  /** Whether messages of fields are shown: not before somebody tried to submit. */
  tried: boolean;
  problems: number;
  unbound: number;
  doneCount: number;
  message: string;
  restored: boolean;
  snapshotNo: (id: string) => number;
  submit: () => Promise<void>;
  discard: () => void;
  again: () => void;
}

const NO_FIELDS: readonly FieldSpec[] = [];
/** Stands for the form as a whole among the outcomes of its fields. */
const NOWHERE = "";
const NO_OUTCOMES: ReadonlyMap<string, FieldOutcome> = new Map();

/** What is known of the target of each field. */
function useFieldMeta({ props, targets }: FormProps): (field: FieldSpec) => TagMeta {
  const fields = props.fields ?? NO_FIELDS;
  return useMemo(() => {
    const known = new Map(
      placedFields(fields).map(({ spec, target }) => [spec.id, entryMeta(targets[target])]),
    );
    return (field) => known.get(field.id) ?? {};
  }, [fields, targets]);
}

/** The units a form is typed in where they are not those that are stored; empty otherwise. */
export function useTypedUnits(given: FormProps): string {
  const wishes = useUnitWishes();
  const metaOf = useFieldMeta(given);
  const units = (given.props.fields ?? NO_FIELDS).flatMap((field) => {
    if (field.kind !== "number" && field.kind !== "integer") return [];
    const { limits, stored } = fieldEntry(field, metaOf(field), wishes);
    return limits.unit === stored.unit ? [] : [`${field.id}=${limits.unit}`];
  });
  return units.join(";");
}

/** Drafts of a form, kept in the tab while they are not submitted; those typed in other units are others. */
function useDrafts(given: FormProps) {
  const metaOf = useFieldMeta(given);
  const { props, mode, id } = given;
  const fields = props.fields ?? NO_FIELDS;
  const wishes = useUnitWishes();
  const units = useTypedUnits(given);
  const scope = useKeepScope();
  const key = mode === "run" ? `${scope}#${id}${units && `#${units}`}` : null;
  const [own, setOwn] = useState<FieldDrafts>(() => (key === null ? {} : loadDrafts(key)));
  const [restored, setRestored] = useState(() => Object.keys(own).length > 0);
  const drafts = useMemo(
    () => ({ ...initialDrafts(fields, metaOf, wishes), ...own }),
    [fields, metaOf, wishes, own],
  );
  useEffect(() => {
    if (key !== null) saveDrafts(key, own);
  }, [key, own]);
  const clear = () => {
    setOwn({});
    setRestored(false);
  };
  const set = (id: string, draft: FieldDraft) => setOwn((before) => ({ ...before, [id]: draft }));
  return { drafts, set, clear, restored, settle: () => setRestored(false) };
}

/** Fields of the form as they stand: which are shown, and what is still wrong with them. */
function useFields(given: FormProps, drafts: FieldDrafts) {
  const metaOf = useFieldMeta(given);
  const fields = given.props.fields ?? NO_FIELDS;
  const { targets } = given;
  const wishes = useUnitWishes();
  const read = (spec: FieldSpec) => readField(spec, drafts[spec.id], metaOf(spec), wishes);
  const placed = useMemo(() => placedFields(fields), [fields]);
  const shown = placed.filter(({ spec }) =>
    isFieldVisible(spec, fields, drafts, (field) => read(field).value),
  );
  const bad = shown.filter(({ spec }) => read(spec).problem !== null);
  const snapshots = fields.filter((field) => field.kind === "snapshot").map((field) => field.id);
  const unbound = given.mode === "design" ? shown.filter(({ target }) => !targets[target]).length : 0;
  return {
    shown,
    bad: bad.length,
    snapshotNo: (field: string) => snapshots.indexOf(field),
    unbound,
    entries: () => entriesOf(shown, drafts, targets, wishes),
  };
}

type FormProps = ComponentProps<{ fields?: FieldSpec[] }>;

export function useForm(given: FormProps): FormState {
  const { write, emit, output, enabled, text } = given;
  const typed = useDrafts(given);
  const [taken, setTaken] = useState<FieldDrafts>({});
  const drafts = useMemo(() => ({ ...typed.drafts, ...taken }), [typed.drafts, taken]);
  const [tried, setTried] = useState(false);
  const [phase, setPhase] = useState<FormState["phase"]>("editing");
  const [outcomes, setOutcomes] = useState(NO_OUTCOMES);
  const busy = useRef(false);
  const { shown, bad, entries, ...fields } = useFields(given, drafts);
  const valid = bad === 0;
  useEffect(() => output("valid", valid), [output, valid]);
  const submit = async () => {
    if (busy.current || !enabled) return;
    setTried(true);
    typed.settle();
    if (!valid) return;
    busy.current = true;
    setPhase("sending");
    const fresh = await writeEntries(entries(), doneOf(outcomes), write);
    const all = new Map([...outcomes, ...fresh.map((one) => [one.id, one] as const)]);
    all.delete(NOWHERE);
    const result = worstOf([...all.values()]);
    const status = { status: result, written: doneOf(all).size };
    const heard = emit(result === "done" ? "submitted" : "failed", status);
    busy.current = false;
    setOutcomes(all);
    if (all.size === 0 && !heard) {
      // A form that leads nowhere must not say that something was saved.
      setOutcomes(new Map([[NOWHERE, { id: NOWHERE, status: "refused", message: text("nowhere") }]]));
      setPhase("refused");
      return;
    }
    setPhase(result);
    if (result === "done") typed.clear();
  };
  const restart = () => {
    typed.clear();
    setOutcomes(NO_OUTCOMES);
    setTried(false);
    setPhase("editing");
  };
  const edit = (field: string, draft: FieldDraft) => {
    if (busy.current) return;
    typed.settle();
    typed.set(field, draft);
    // A field that is changed is a new entry: it is written again.
    const others = new Map([...outcomes].filter(([one]) => one !== field && one !== NOWHERE));
    setOutcomes(others);
    if (worstOf([...others.values()]) === "done") setPhase("editing");
  };
  return {
    phase,
    shown,
    drafts,
    set: edit,
    take: (field, value) => setTaken((before) => ({ ...before, [field]: value })),
    outcomes,
    tried,
    problems: tried ? bad : 0,
    doneCount: doneOf(outcomes).size,
    message: [...outcomes.values()].find((one) => one.status !== "done")?.message ?? "",
    restored: typed.restored,
    ...fields,
    submit,
    discard: restart,
    again: restart,
  };
}

const doneOf = (outcomes: ReadonlyMap<string, FieldOutcome>): Set<string> =>
  new Set([...outcomes.values()].flatMap((one) => (one.status === "done" ? [one.id] : [])));
