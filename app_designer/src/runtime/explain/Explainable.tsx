import { Icon } from "@sdk";
import type { MouseEvent, ReactNode } from "react";
import { useRuntimeTexts } from "../i18n/texts";
import { blocks } from "../registry";
import type { RuntimeScope } from "../scope";
import { useExplain } from "./context";
import css from "./explain.module.css";
import { elementName, isExplainable } from "./target";

/** Where the browser's own menu is worth more: text that is typed or selected, links, pictures. */
function ownMenu(event: MouseEvent): boolean {
  const at = event.target as HTMLElement;
  return Boolean(at.closest("input, textarea, select, a[href], img, iframe") || getSelection()?.toString());
}

/** Gives the values of an element a way to be explained: its context menu, and a mark while one is chosen. */
export function Explainable({
  id,
  scope,
  children,
}: {
  id: string;
  scope: RuntimeScope;
  children: ReactNode;
}) {
  const explain = useExplain();
  if (!explain || scope.mode !== "run" || !isExplainable({ id, scope })) return children;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same is done by the button in the head of the page.
    <div
      className={css.frame}
      onContextMenu={(event) => {
        if (event.defaultPrevented || ownMenu(event)) return;
        event.preventDefault();
        explain.open({ id, scope });
      }}
    >
      {children}
      {explain.picking ? <Mark id={id} scope={scope} /> : null}
    </div>
  );
}

function Mark({ id, scope }: { id: string; scope: RuntimeScope }) {
  const explain = useExplain();
  const t = useRuntimeTexts();
  const element = scope.elements[id];
  const holds = Object.keys(blocks.get(element?.type ?? "")?.manifest.slots ?? {}).length > 0;
  const name = t("tools.explain_one", { name: elementName({ id, scope }) });
  return (
    <button
      type="button"
      className={css.mark}
      data-corner={holds}
      aria-label={name}
      title={name}
      onClick={() => {
        explain?.setPicking(false);
        explain?.open({ id, scope });
      }}
    >
      <span className={css.markIcon}>
        <Icon name="info" size={18} />
      </span>
    </button>
  );
}
