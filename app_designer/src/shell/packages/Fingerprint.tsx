import css from "./packages.module.css";
import { usePackageTexts } from "./texts";

/** The SHA-256 of a key in groups of four, to be read out and compared. */
export function Fingerprint({ keyId }: { keyId: string }) {
  const text = usePackageTexts();
  return (
    <p className={css.print}>
      {text("fingerprint")}
      <code>{keyId.match(/.{1,4}/g)?.join(" ")}</code>
    </p>
  );
}
