import type { Element } from "../../generated/documents.gen";
import { newestVersion } from "../model/block_versions";
import { useDesigner } from "../model/hooks";
import { ReviewButton } from "./ReviewButton";
import css from "./review.module.css";
import { useTexts } from "./texts";

const COMPOSITE = "composite.";

/** Beside the settings of an instance: that its block has a newer version, and the way to it. */
export function BehindNote({ element }: { element: Element }) {
  const text = useTexts();
  const block = element.type.startsWith(COMPOSITE) ? element.type.slice(COMPOSITE.length) : null;
  const newest = useDesigner((state) => (block === null ? 0 : newestVersion({ draft: state.draft }, block)));
  if (block === null || newest <= element.props_version) return null;
  return (
    <div className={css.behind} role="note">
      <span>{text("behind", { from: String(element.props_version), to: String(newest) })}</span>
      <ReviewButton block={block} />
    </div>
  );
}
