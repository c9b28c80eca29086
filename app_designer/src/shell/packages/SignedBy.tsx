import { Button, Icon } from "@sdk";
import type { Signature } from "@sdk/api/code_blocks";
import { useState } from "react";
import { useIsAdmin } from "../session";
import { Fingerprint } from "./Fingerprint";
import css from "./packages.module.css";
import { TrustForm } from "./TrustForm";
import { usePackageTexts } from "./texts";

interface SignedProps {
  signature: Signature;
  /** While a package is looked at: its key may be trusted, and then this is called. */
  trusted?: () => void;
}

/** Who vouches for a package. A key nobody knows shows its fingerprint, and an administrator may trust it. */
export function SignedBy({ signature, trusted }: SignedProps) {
  const text = usePackageTexts();
  const isAdmin = useIsAdmin();
  const [asking, setAsking] = useState(false);
  const { state, publisher, key_id, public_key } = signature;
  return (
    <div className={css.signed}>
      <p className={css.trust} data-state={state}>
        <Icon name={state === "trusted" ? "check" : "warn"} size={18} />
        {text(state, { publisher })}
      </p>
      {state === "untrusted" ? <Fingerprint keyId={key_id} /> : null}
      {state === "untrusted" && trusted ? (
        <>
          <p className={css.hint}>{text(isAdmin ? "compare" : "ask_admin")}</p>
          {isAdmin && !asking ? (
            <>
              <Button onClick={() => setAsking(true)}>
                <Icon name="shield" size={18} />
                {text("trust")} …
              </Button>
              <p className={css.hint}>{text("trust_hint")}</p>
            </>
          ) : null}
          {isAdmin && asking ? (
            <TrustForm publicKey={public_key} cancel={() => setAsking(false)} done={trusted} />
          ) : null}
        </>
      ) : null}
    </div>
  );
}
