import { Button, Icon, Notice } from "@sdk";
import { useMemo, useRef, useState } from "react";
import { Modal } from "../Modal";
import type { ExplainTarget } from "./context";
import { entriesOf } from "./entries";
import css from "./panel.module.css";
import { elementName } from "./target";
import { useExplainTexts } from "./texts";
import { ValueNode } from "./ValueNode";

/** The way back of every value of an element: from what is shown to the register it was read from. Live. */
export function ExplainPanel({ target, close }: { target: ExplainTarget; close: () => void }) {
  const t = useExplainTexts();
  const entries = useMemo(() => entriesOf(target, t), [target, t]);
  const text = useRef<HTMLDivElement>(null);
  return (
    <Modal title={`${t("title")}: ${elementName(target)}`} close={close} wide>
      <div className={css.panel} data-explain="panel">
        <div ref={text} className={css.entries}>
          {entries.map(({ key, title, signal }) => (
            <ValueNode key={key} title={title} signal={signal} scope={target.scope} depth={0} />
          ))}
          {entries.length === 0 ? <Notice icon="info" title={t("nothing")} hint={t("nothing_hint")} /> : null}
        </div>
        {entries.length > 0 ? <Copy of={text} /> : null}
      </div>
    </Modal>
  );
}

/** What is on the screen, as text: line by line as one reads it. */
function Copy({ of }: { of: React.RefObject<HTMLDivElement | null> }) {
  const t = useExplainTexts();
  const [done, setDone] = useState<"copied" | "copy_failed" | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(of.current?.innerText ?? "");
      setDone("copied");
    } catch (error) {
      // No clipboard on an address without encryption, or refused: the text is selected to be copied by hand.
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      if (of.current) getSelection()?.selectAllChildren(of.current);
      setDone("copy_failed");
    }
  };
  return (
    <div className={css.actions}>
      <Button onClick={() => void copy()}>
        <Icon name="copy" size={16} />
        {t("copy")}
      </Button>
      <span role="status">{done ? t(done) : ""}</span>
    </div>
  );
}
