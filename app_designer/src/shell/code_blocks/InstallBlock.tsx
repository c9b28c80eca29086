import type { BlockInspection, CodeBlocksApi } from "@sdk/api/code_blocks";
import { useState } from "react";
import { Agree } from "../packages/Agree";
import { InstallButtons, type Looked, PackageDialog } from "../packages/PackageDialog";
import { BlockFacts } from "./BlockFacts";
import { useCodeBlockTexts } from "./texts";

interface InstallProps {
  api: CodeBlocksApi;
  close: () => void;
  done: () => void;
}

/** A package becomes an installed block: chosen, checked, confirmed, installed. */
export function InstallBlock({ api, close, done }: InstallProps) {
  const text = useCodeBlockTexts();
  return (
    <PackageDialog
      title={text("choose")}
      choose={text("choose")}
      hint={text("hint")}
      input="block"
      inspect={api.inspect}
      close={close}
    >
      {(looked) => (
        <Confirm
          looked={looked}
          install={(confirmed) =>
            looked.run(async () => {
              await api.install(looked.found.upload, confirmed);
              done();
            })
          }
        />
      )}
    </PackageDialog>
  );
}

interface ConfirmProps {
  looked: Looked<BlockInspection>;
  install: (confirmed: boolean) => void;
}

function Confirm({ looked, install }: ConfirmProps) {
  const text = useCodeBlockTexts();
  const [confirmed, setConfirmed] = useState(false);
  const { found: block } = looked;
  const trusted = block.signature.state === "trusted";
  return (
    <>
      <BlockFacts block={block} trusted={looked.look} />
      {trusted || block.here !== "new" ? null : (
        <Agree name="confirm_untrusted" label={text("confirm")} checked={confirmed} change={setConfirmed} />
      )}
      <InstallButtons
        looked={looked}
        ready={block.here === "new" && (trusted || confirmed)}
        install={() => install(confirmed && !trusted)}
      />
    </>
  );
}
