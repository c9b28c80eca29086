import { Popover } from "@forms/Popover";
import { Icon, localText, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { isIcon } from "@sdk/ui/Icon";
import { dimensionOf } from "@sdk/units";
import { useEffect, useState } from "react";
import type { DragPayload } from "../canvas/drag";
import { insertElement, passedOver } from "../canvas/insert";
import { refusalText, sayRefused } from "../canvas/refusal";
import { useWorkbench } from "../frame/workbench";
import { useTexts } from "../i18n/texts";
import { useChange } from "../inspector/edit";
import { elementsOf } from "../model/canvas_key";
import type { Change } from "../model/contract";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { bind } from "../model/operations";
import { elementName, useManifests } from "../pickers/manifests";
import { roleBinding } from "../pickers/PlantPane";
import pickers from "../pickers/pickers.module.css";
import { misfitOf, wantedByInput } from "../pickers/wanted";
import { assetRef, type DropChoice, elementsForDrop } from "./drop";
import { useDataTexts } from "./texts";

interface MenuProps {
  anchor: HTMLElement | null;
  payload: DragPayload;
  label: string;
  onClose: () => void;
}

/** How a value may be shown: the best first, which Enter takes; or in the block that is selected. */
export function AddMenu({ anchor, payload, label, onClose }: MenuProps) {
  const t = useDataTexts();
  const text = useTexts();
  const { language, t: shared } = useLocale();
  const store = useDesignerStore();
  const { announce } = useWorkbench();
  const [choices, setChoices] = useState<readonly DropChoice[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let gone = false;
    const state = store.getState();
    elementsForDrop(payload, { state, canvas: state.canvas, language }).then(
      (found) => !gone && setChoices(found),
      (error) => !gone && setProblem(describeError(error, shared)),
    );
    return () => {
      gone = true;
    };
  }, [payload, store, language, shared]);
  const add = (choice: DropChoice) => {
    onClose();
    const refusal = passedOver(store.getState(), choice.element.type);
    insertElement(store, t("adding", { name: choice.label }), choice.element, null, choice.changes ?? []);
    announce(t("added", { block: choice.label, name: label }));
    if (!refusal) return;
    sayRefused(text("refused.beside", { why: refusalText(refusal), name: choice.label }));
  };
  return (
    <Popover
      anchor={anchor}
      title={t("add_as", { name: label })}
      closeLabel={t("close")}
      onClose={onClose}
      width={360}
    >
      <div className={`${pickers.body} ${pickers.pane}`}>
        {problem ? <p className={pickers.problem}>{problem}</p> : null}
        {choices?.length === 0 ? <p className={pickers.paneText}>{t("no_choice")}</p> : null}
        {choices?.map((choice, index) => (
          <AddOption
            key={choice.id}
            title={choice.label}
            hint={choice.detail}
            icon={choice.icon}
            first={index === 0}
            onPress={() => add(choice)}
          />
        ))}
        {choices ? <SelectedInputs payload={payload} onClose={onClose} /> : null}
      </div>
    </Popover>
  );
}

interface OptionProps {
  title: string;
  hint?: string | undefined;
  icon?: string | undefined;
  first?: boolean;
  onPress: () => void;
}

function AddOption({ title, hint, icon, first = false, onPress }: OptionProps) {
  // The best choice has the focus as soon as it is there, so that Enter takes it.
  const focus = (node: HTMLButtonElement | null) => {
    if (first) node?.focus();
  };
  return (
    <button ref={focus} type="button" className={pickers.option} onClick={onPress}>
      <span className={pickers.rowIcon}>
        <Icon name={isIcon(icon) ? icon : "value"} size={18} />
      </span>
      <span className={pickers.names}>
        <span className="truncate">{title}</span>
        {hint ? <span className={`${pickers.hint} truncate`}>{hint}</span> : null}
      </span>
    </button>
  );
}

/** The inputs of the one selected element that take this value. */
function SelectedInputs({ payload, onClose }: { payload: DragPayload; onClose: () => void }) {
  const t = useDataTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const change = useChange();
  const manifests = useManifests();
  const id = useDesigner((state) => (state.selection.length === 1 ? state.selection[0] : undefined));
  const { draft, canvas, plant } = store.getState();
  const element = id ? elementsOf(draft, canvas)[id] : undefined;
  if (!id || !element || element.locked || payload.kind !== "role") return null;
  const row = plant.roles.find((entry) => entry.asset === payload.asset.id && entry.role === payload.role);
  const tag = row ? plant.tags.get(row.tag_id) : undefined;
  const inputs = Object.entries(manifests.get(element.type)?.inputs ?? {}).filter(([, spec]) => {
    return !tag || misfitOf(wantedByInput(spec), tag, dimensionOf) === null;
  });
  return inputs.map(([name, spec]) => {
    const label = localText(spec.label, language) || name;
    const place = Object.keys(element.bind ?? {}).filter((pointer) => pointer.split("/")[1] === name).length;
    const pointer = spec.many ? `/${name}/${place}` : `/${name}`;
    const take = (): void => {
      onClose();
      const asset = assetRef(store.getState(), payload.asset.id);
      const changes: Change[] = bind(
        store.getState(),
        id,
        pointer,
        roleBinding(wantedByInput(spec), asset, payload.role),
      );
      change(t("adding", { name: label }), changes);
    };
    const title = t("bind_selected", {
      block: elementName(element, draft, manifests, language),
      input: label,
    });
    return <AddOption key={name} title={title} icon="link" onPress={take} />;
  });
}
