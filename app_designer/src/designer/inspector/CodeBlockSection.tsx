import { offeredVersions } from "@runtime/installed";
import { blocks } from "@runtime/registry";
import { Button } from "@sdk";
import type { CodeBlock } from "@sdk/api/code_blocks";
import { useState } from "react";
import type { Element } from "../../generated/documents.gen";
import { useDesigner, useDesignerStore } from "../model/hooks";
import css from "./inspector.module.css";
import { Section } from "./Section";
import { useInspectorTexts } from "./texts";

/** Of a block of another maker: the exact version the app is built with, and a newer one that is installed. */
export function CodeBlockSection({ element }: { element: Element }) {
  const t = useInspectorTexts();
  const store = useDesignerStore();
  const [busy, setBusy] = useState(false);
  const pin = useDesigner((state) => state.draft.app.code_blocks?.[element.type]);
  const shown = blocks.get(element.type)?.installed;
  const [newest] = offeredVersions(element.type);
  if (!pin && !shown) return null;
  const version = pin?.version ?? shown?.manifest.version ?? "";
  const hash = pin?.hash ?? shown?.hash ?? "";
  const update = async (to: CodeBlock) => {
    const pins = { ...store.getState().draft.app.code_blocks };
    pins[element.type] = { version: to.version, hash: to.hash };
    store.change(t("change.code_version"), [{ path: ["app", "code_blocks"], value: pins }]);
    // Older settings are lifted by the platform: the draft is read again as the new version sees it.
    if (to.manifest.props_version !== element.props_version) {
      setBusy(true);
      await store.flush();
      location.reload();
    }
  };
  return (
    <Section id="code" title={t("section.code")}>
      <p className={css.note} title={hash}>
        {t("code_version", { type: element.type, version, hash: hash.slice(0, 12) })}
      </p>
      {shown ? null : <p className={css.note}>{t("code_missing")}</p>}
      {newest && newest.hash !== hash ? (
        <Button disabled={busy} onClick={() => void update(newest)}>
          {t("code_update", { version: newest.version })}
        </Button>
      ) : null}
    </Section>
  );
}
