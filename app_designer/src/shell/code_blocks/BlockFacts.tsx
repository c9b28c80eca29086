import { Icon, localText, useLocale } from "@sdk";
import type { BlockInspection, Capability, Signature } from "@sdk/api/code_blocks";
import css from "./code_blocks.module.css";
import { useCodeBlockTexts } from "./texts";

/** Who vouches for a block. */
export function Trust({ signature }: { signature: Signature }) {
  const text = useCodeBlockTexts();
  const { state, publisher, key_id } = signature;
  return (
    <p className={css.trust} data-state={state}>
      <Icon name={state === "trusted" ? "check" : "warn"} size={18} />
      {text(state, { publisher, key: key_id.slice(0, 16) })}
    </p>
  );
}

/** What a block asks for beyond drawing, in words. */
export function Asked({ capabilities }: { capabilities: readonly Capability[] }) {
  const text = useCodeBlockTexts();
  if (capabilities.length === 0) return <p className={css.hint}>{text("asks_nothing")}</p>;
  return (
    <div>
      <p>{text("asks")}:</p>
      <ul className={css.asked}>
        {capabilities.map((one) => (
          <li key={one}>{text(one)}</li>
        ))}
      </ul>
      <p className={css.hint}>{text("asks_hint")}</p>
    </div>
  );
}

/** A block in a package, before anything is written. */
export function BlockFacts({ block }: { block: BlockInspection }) {
  const text = useCodeBlockTexts();
  const { language } = useLocale();
  return (
    <section className={css.facts} aria-label={block.id}>
      <h3>
        {localText(block.name, language) || block.id}{" "}
        <small>{text("version", { version: block.version })}</small>
      </h3>
      <p className={css.hint}>
        <code>{block.id}</code> · {localText(block.summary, language)}
      </p>
      <p className={css.hint} title={block.hash}>
        {text("hash", { hash: block.hash.slice(0, 16) })}
      </p>
      <Trust signature={block.signature} />
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
