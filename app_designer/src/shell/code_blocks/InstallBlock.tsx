import { Modal } from "@runtime/Modal";
import { Button, Notice, useLocale } from "@sdk";
import type { BlockInspection, CodeBlocksApi } from "@sdk/api/code_blocks";
import { describeError } from "@sdk/api/problem";
import { useRef, useState } from "react";
import { BlockFacts } from "./BlockFacts";
import css from "./code_blocks.module.css";
import { useCodeBlockTexts } from "./texts";

interface InstallProps {
  api: CodeBlocksApi;
  close: () => void;
  done: () => void;
}

/** A package becomes an installed block: chosen, checked, confirmed, installed. */
export function InstallBlock({ api, close, done }: InstallProps) {
  const text = useCodeBlockTexts();
  const { t } = useLocale();
  const [found, setFound] = useState<BlockInspection | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    work().then(
      () => setBusy(false),
      (problem) => {
        setBusy(false);
        setError(problem);
      },
    );
  };
  return (
    <Modal title={text("choose")} close={close}>
      <div className={css.install}>
        {found ? null : (
          <Choose busy={busy} take={(file) => run(async () => setFound(await api.inspect(file)))} />
        )}
        {found ? (
          <Confirm
            block={found}
            busy={busy}
            again={() => setFound(null)}
            install={(confirmed) =>
              run(async () => {
                await api.install(found.upload, confirmed);
                done();
              })
            }
          />
        ) : null}
        {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
        <Button onClick={close}>{text("cancel")}</Button>
      </div>
    </Modal>
  );
}

function Choose({ busy, take }: { busy: boolean; take: (file: File) => void }) {
  const text = useCodeBlockTexts();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <p className={css.hint}>{text("hint")}</p>
      <Button look="primary" disabled={busy} onClick={() => input.current?.click()}>
        {text(busy ? "checking" : "choose")}
      </Button>
      <input
        ref={input}
        type="file"
        name="block"
        accept=".zip"
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) take(file);
        }}
      />
    </>
  );
}

interface ConfirmProps {
  block: BlockInspection;
  busy: boolean;
  again: () => void;
  install: (confirmed: boolean) => void;
}

function Confirm({ block, busy, again, install }: ConfirmProps) {
  const text = useCodeBlockTexts();
  const [confirmed, setConfirmed] = useState(false);
  const trusted = block.signature.state === "trusted";
  return (
    <>
      <BlockFacts block={block} />
      {trusted || block.here !== "new" ? null : (
        <label className={css.check}>
          <input
            type="checkbox"
            name="confirm_untrusted"
            checked={confirmed}
            onChange={(event) => setConfirmed(event.target.checked)}
          />
          {text("confirm")}
        </label>
      )}
      <div className={css.buttons}>
        <Button onClick={again}>{text("another")}</Button>
        <Button
          look="primary"
          disabled={busy || block.here !== "new" || !(trusted || confirmed)}
          onClick={() => install(confirmed && !trusted)}
        >
          {text(busy ? "installing" : "install")}
        </Button>
      </div>
    </>
  );
}
