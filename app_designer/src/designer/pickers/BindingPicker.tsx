import { Popover } from "@forms/Popover";
import type { Bound } from "@runtime/binding";
import { useState } from "react";
import { usePicking } from "./canvas_pick";
import { PlantPane } from "./PlantPane";
import css from "./pickers.module.css";
import { ConstantPane, FormulaPane, OutputPane, ParamPane, StatePane, UserPane } from "./SourcePanes";
import { type PickerText, usePickerTexts } from "./texts";
import type { Source, Wanted } from "./wanted";

type Tab = "plant" | "state" | "output" | "param" | "user" | "formula" | "constant";
const TABS: readonly { tab: Tab; sources: readonly Source[] }[] = [
  { tab: "plant", sources: ["tag", "history"] },
  { tab: "state", sources: ["state"] },
  { tab: "output", sources: ["output"] },
  { tab: "param", sources: ["param"] },
  { tab: "formula", sources: ["expression"] },
  { tab: "constant", sources: ["static"] },
  { tab: "user", sources: ["user"] },
];

interface PickerProps {
  anchor: HTMLElement | null;
  wanted: Wanted;
  current: Bound | null;
  onChoose: (bound: Bound) => void;
  onClose: () => void;
  /** The element that is bound; empty for the page itself. */
  element?: string;
  /** Several values are taken: a whole asset may be chosen. */
  many?: boolean;
}

const tabOf = (bound: Bound | null): Tab | null =>
  bound ? (TABS.find(({ sources }) => sources.includes(bound.source))?.tab ?? null) : null;

/** "Where does it come from?": one panel for every kind of source; nothing is typed but a search. */
export function BindingPicker({
  anchor,
  wanted,
  current,
  onChoose,
  onClose,
  element = "",
  many = false,
}: PickerProps) {
  const t = usePickerTexts();
  const picking = usePicking();
  const [waiting, setWaiting] = useState(false);
  const tabs = TABS.filter(({ sources }) => sources.some((source) => wanted.from.includes(source)));
  const [tab, setTab] = useState<Tab>(() => {
    const present = tabOf(current);
    return tabs.find((one) => one.tab === present)?.tab ?? tabs[0]?.tab ?? "constant";
  });
  const choose = (bound: Bound) => {
    onChoose(bound);
    onClose();
  };
  const pane = { wanted, onChoose: choose };
  return (
    <Popover
      anchor={anchor}
      title={t("source")}
      closeLabel={t("close")}
      onClose={onClose}
      width={500}
      pinned={waiting && picking}
    >
      <div className={css.tabs} role="tablist" aria-label={t("source")}>
        {tabs.map((one) => (
          <button
            key={one.tab}
            type="button"
            role="tab"
            className={css.tab}
            aria-selected={one.tab === tab}
            onClick={() => setTab(one.tab)}
          >
            {t(one.tab satisfies PickerText)}
          </button>
        ))}
      </div>
      {waiting && picking ? (
        <p className={css.pane} role="status">
          {t("picking")}
        </p>
      ) : null}
      {tab === "plant" ? <PlantPane {...pane} many={many} /> : null}
      {tab === "state" ? <StatePane {...pane} /> : null}
      {tab === "output" ? <OutputPane {...pane} element={element} onPicking={setWaiting} /> : null}
      {tab === "param" ? <ParamPane {...pane} /> : null}
      {tab === "user" ? <UserPane {...pane} /> : null}
      {tab === "formula" ? <FormulaPane {...pane} current={current} /> : null}
      {tab === "constant" ? <ConstantPane {...pane} /> : null}
    </Popover>
  );
}
