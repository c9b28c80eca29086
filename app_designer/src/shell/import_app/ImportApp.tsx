import { Button, Notice, useLocale, useServices } from "@sdk";
import { AppsApi, type Inspection } from "@sdk/api/apps";
import { describeError } from "@sdk/api/problem";
import type { Asset } from "@sdk/api/types";
import { useEffect, useMemo, useRef, useState } from "react";
import { navigate } from "../router";
import { Inspected } from "./Inspected";
import css from "./import_app.module.css";
import { useImportTexts } from "./texts";

type Step =
  | { kind: "choose"; error: unknown }
  | { kind: "checking" }
  | { kind: "inspected"; inspection: Inspection; assets: readonly Asset[] };

/** A package becomes an app: chosen, checked, mapped, confirmed, installed. */
export function ImportApp({ close }: { close: () => void }) {
  const text = useImportTexts();
  const { api } = useServices();
  const apps = useMemo(() => new AppsApi(api), [api]);
  const dialog = useRef<HTMLDialogElement>(null);
  const [step, setStep] = useState<Step>({ kind: "choose", error: null });
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal();
  }, []);
  const inspect = async (file: File) => {
    setStep({ kind: "checking" });
    try {
      const [inspection, assets] = await Promise.all([apps.inspectPackage(file), api.assets()]);
      setStep({ kind: "inspected", inspection, assets });
    } catch (error) {
      setStep({ kind: "choose", error });
    }
  };
  return (
    <dialog ref={dialog} className={css.dialog} aria-label={text("title")} onClose={close}>
      <h2>{text("title")}</h2>
      {step.kind === "choose" ? <Choose error={step.error} take={(file) => void inspect(file)} /> : null}
      {step.kind === "checking" ? <p role="status">{text("checking")}</p> : null}
      {step.kind === "inspected" ? (
        <Inspected
          inspection={step.inspection}
          assets={step.assets}
          install={(options) => apps.installPackage(step.inspection.upload, options)}
          done={({ app, release }) => navigate(release === null ? `/design/${app}` : `/app/${app}`)}
          again={() => setStep({ kind: "choose", error: null })}
        />
      ) : null}
      <div className={css.foot}>
        <Button onClick={close}>{text("cancel")}</Button>
      </div>
    </dialog>
  );
}

function Choose({ error, take }: { error: unknown; take: (file: File) => void }) {
  const text = useImportTexts();
  const { t } = useLocale();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <p className={css.hint}>{text("hint")}</p>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <Button look="primary" onClick={() => input.current?.click()}>
        {text("choose")}
      </Button>
      <input
        ref={input}
        type="file"
        name="package"
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
