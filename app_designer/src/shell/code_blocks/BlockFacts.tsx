import { localText, useLocale } from "@sdk";
import type { BlockInspection, Capability } from "@sdk/api/code_blocks";
import shared from "../packages/packages.module.css";
import { SignedBy } from "../packages/SignedBy";
import { usePackageTexts } from "../packages/texts";
import css from "./code_blocks.module.css";
import { useCodeBlockTexts } from "./texts";

/** What a block asks for beyond drawing, in words. */
export function Asked({ capabilities }: { capabilities: readonly Capability[] }) {
  const text = useCodeBlockTexts();
  if (capabilities.length === 0) return <p className={shared.hint}>{text("asks_nothing")}</p>;
  return (
    <div>
      <p>{text("asks")}:</p>
      <ul className={css.asked}>
        {capabilities.map((one) => (
          <li key={one}>{text(one)}</li>
        ))}
      </ul>
      <p className={shared.hint}>{text("asks_hint")}</p>
    </div>
  );
}

interface FactsProps {
  block: BlockInspection;
  /** Its key has been trusted just now. */
  trusted: () => void;
}

/** A block in a package, before anything is written. */
export function BlockFacts({ block, trusted }: FactsProps) {
  const text = useCodeBlockTexts();
  const packageText = usePackageTexts();
  const { language } = useLocale();
  return (
    <section className={css.facts} aria-label={block.id}>
      <h3>
        {localText(block.name, language) || block.id}{" "}
        <small>{text("version", { version: block.version })}</small>
      </h3>
      <p className={shared.hint}>
        <code>{block.id}</code> · {localText(block.summary, language)}
      </p>
      <p className={shared.hint} title={block.hash}>
        {packageText("hash", { hash: block.hash.slice(0, 16) })}
      </p>
      <SignedBy signature={block.signature} trusted={trusted} />
      <Asked capabilities={block.capabilities} />
      <details>
        <summary>{text("licence")}</summary>
        <pre className={css.licence}>{block.licence}</pre>
      </details>
      {block.here === "new" ? null : (
        <p className={css.state} data-state={block.here}>
          {text(block.here)}
        </p>
      )}
    </section>
  );
}
