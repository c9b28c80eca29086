import { Button, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useEffect, useRef, useState } from "react";
import { useWorkbench } from "../frame/workbench";
import { useTexts } from "../i18n/texts";
import { newestVersion } from "../model/block_versions";
import { elementsOf } from "../model/canvas_key";
import { makeBlock, type ParamSuggestion, suggestParams } from "../model/composite_operations";
import { useDesignerStore } from "../model/hooks";
import { identifierFrom, newElementId } from "../model/ids";
import css from "./tools.module.css";
import { MAKE_BLOCK } from "./use_commands";

/** Asks for a name and the parameters when a selection shall become a block. */
export function MakeBlock() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const show = () => setOpen(true);
    addEventListener(MAKE_BLOCK, show);
    return () => removeEventListener(MAKE_BLOCK, show);
  }, []);
  return open ? <Dialog close={() => setOpen(false)} /> : null;
}

function Dialog({ close }: { close: () => void }) {
  const text = useTexts();
  const store = useDesignerStore();
  const { language } = useLocale();
  const { announce } = useWorkbench();
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const [found] = useState(() => suggestParams(store.getState(), store.getState().selection));
  const [chosen, setChosen] = useState(
    () => new Set(found.filter((p) => p.kind === "asset").map((p) => p.name)),
  );
  useEffect(() => dialog.current?.showModal(), []);
  const make = () => {
    setTried(true);
    if (!name.trim()) return;
    const state = store.getState();
    const id = identifierFrom(name, "block", (taken) => newestVersion(state, taken) > 0);
    const taken = elementsOf(state.draft, state.canvas);
    const instance = newElementId((one) => taken[one] !== undefined);
    const params = found.filter((param) => chosen.has(param.name));
    const changes = makeBlock(state, state.selection, {
      id,
      name: { [language]: name.trim() },
      params,
      instance,
    });
    store.change(text("block.title"), changes, { select: [instance] });
    announce(text("block.made", { name }));
    close();
  };
  const toggle = (param: ParamSuggestion) => {
    const next = new Set(chosen);
    if (!next.delete(param.name)) next.add(param.name);
    setChosen(next);
  };
  return (
    <dialog
      className={css.dialog}
      ref={dialog}
      onClose={close}
      aria-labelledby="make-block-title"
      data-ui="true"
    >
      <h2 id="make-block-title">{text("block.title")}</h2>
      <p>{text("block.hint")}</p>
      <label>
        <span>{text("block.name")}</span>
        <input
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.target.value)}
          aria-invalid={tried && !name.trim()}
        />
        {tried && !name.trim() ? <small role="alert">{text("block.bad_name")}</small> : null}
      </label>
      <fieldset>
        <legend>{text("block.params")}</legend>
        {found.length === 0 ? <p>{text("block.no_params")}</p> : null}
        {found.map((param) => (
          <label key={param.name}>
            <input type="checkbox" checked={chosen.has(param.name)} onChange={() => toggle(param)} />
            <span>{text(`block.param_${param.kind}`, { value: shown(param, language) })}</span>
          </label>
        ))}
      </fieldset>
      <div className={css.emptyActions}>
        <Button look="primary" onClick={make}>
          {text("block.make")}
        </Button>
        <Button onClick={close}>{text("block.cancel")}</Button>
      </div>
    </dialog>
  );
}

const shown = ({ value }: ParamSuggestion, language: "en" | "zh-CN"): string =>
  localText(value as string | Record<string, string>, language);
