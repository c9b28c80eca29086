import { Button, Icon, Notice, useLocale } from "@sdk";
import type { Inspection, InstallOptions } from "@sdk/api/apps";
import { describeError } from "@sdk/api/problem";
import type { Asset } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { formatBytes } from "@sdk/format/number";
import { localText } from "@sdk/i18n/catalogue";
import { useState } from "react";
import { BlockFacts } from "../code_blocks/BlockFacts";
import css from "./import_app.module.css";
import { firstChoice, type ImportChoice, installOptions, MAKE, mayInstall, OPEN } from "./options";
import { useImportTexts } from "./texts";

interface InspectedProps {
  inspection: Inspection;
  assets: readonly Asset[];
  install: (options: InstallOptions) => Promise<{ app: string; release: number | null }>;
  done: (installed: { app: string; release: number | null }) => void;
  again: () => void;
}

/** What is in the package and what is missing here; the last step before anything is written. */
export function Inspected({ inspection, assets, install, done, again }: InspectedProps) {
  const text = useImportTexts();
  const { t } = useLocale();
  const [choice, setChoice] = useState(() =>
    firstChoice(
      inspection,
      assets.map(({ id }) => id),
    ),
  );
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const set = (change: Partial<ImportChoice>) => setChoice({ ...choice, ...change });
  const start = () => {
    setState({ busy: true, error: null });
    install(installOptions(inspection, choice)).then(done, (error) => setState({ busy: false, error }));
  };
  return (
    <div className={css.inspected}>
      <Facts inspection={inspection} />
      <Findings inspection={inspection} />
      <Missing inspection={inspection} assets={assets} choice={choice} set={set} />
      <Brought inspection={inspection} choice={choice} set={set} />
      <Place inspection={inspection} choice={choice} set={set} />
      {inspection.signature.state === "trusted" ? null : (
        <label className={css.check}>
          <input
            type="checkbox"
            checked={choice.confirmed}
            onChange={(event) => set({ confirmed: event.target.checked })}
          />
          {text("confirm")}
        </label>
      )}
      {state.error ? <Notice icon="warn" title={describeError(state.error, t)} tone="alarm" /> : null}
      <div className={css.buttons}>
        <Button onClick={again}>{text("another")}</Button>
        <Button look="primary" disabled={state.busy || !mayInstall(inspection, choice)} onClick={start}>
          {text(state.busy ? "installing" : "install")}
        </Button>
      </div>
    </div>
  );
}

function Facts({ inspection }: { inspection: Inspection }) {
  const text = useImportTexts();
  const { language } = useLocale();
  const { app, signature, hash, files, media, size } = inspection;
  const name = localText(app.name, language) || app.id;
  const counts = { files: String(files), media: String(media), size: formatBytes(size, language) };
  const { publisher, key_id } = signature;
  return (
    <section>
      <h3>{text("app", { name, version: app.version })}</h3>
      <p className={css.hint}>{text("facts", counts)}</p>
      <p className={css.hint} title={hash}>
        {text("hash", { hash: hash.slice(0, 16) })}
      </p>
      <p className={css.trust} data-state={signature.state}>
        <Icon name={signature.state === "trusted" ? "check" : "warn"} size={18} />
        {text(signature.state, { publisher, key: key_id.slice(0, 16) })}
      </p>
    </section>
  );
}

const FINDINGS_MAX = 20;

function Findings({ inspection }: { inspection: Inspection }) {
  const text = useImportTexts();
  const { language } = useLocale();
  const { check } = inspection;
  const errors = check.findings.filter(({ severity }) => severity === "error").slice(0, FINDINGS_MAX);
  return (
    <>
      {errors.length > 0 ? (
        <Notice icon="warn" title={text("problems")} tone="alarm">
          <ul className={css.list}>
            {errors.map((finding) => (
              <li key={finding.code + finding.path} title={finding.path}>
                {localText(finding.message, language)}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {check.warnings > 0 ? (
        <p className={css.hint}>{text("warnings", { count: String(check.warnings) })}</p>
      ) : null}
    </>
  );
}

interface PartProps {
  inspection: Inspection;
  choice: ImportChoice;
  set: (change: Partial<ImportChoice>) => void;
}

function Missing({ inspection, assets, choice, set }: PartProps & { assets: readonly Asset[] }) {
  const text = useImportTexts();
  const { language } = useLocale();
  const { components, signals, asset_types, assets: missing } = inspection.missing;
  return (
    <section className={css.missing}>
      {components.length > 0 ? (
        <p>
          {text("missing_components")}: {components.join(", ")}
        </p>
      ) : null}
      {missing.length > 0 ? <h4>{text("missing_assets")}</h4> : null}
      {missing.map((asset) => (
        <label key={asset} className={css.map}>
          <span className="truncate" title={asset}>
            {text("asset", { asset })}
          </span>
          <select
            value={choice.assets[asset] ?? OPEN}
            onChange={(event) => set({ assets: { ...choice.assets, [asset]: event.target.value } })}
          >
            <option value={OPEN}>{text("as_it_is")}</option>
            <option value={MAKE}>{text("make")}</option>
            {assets.map((here) => (
              <option key={here.id} value={here.id}>
                {assetName(here, here.id, language)}
              </option>
            ))}
          </select>
        </label>
      ))}
      {asset_types.length > 0 ? <p>{text("missing_types", { list: asset_types.join(", ") })}</p> : null}
      {signals.length > 0 ? <p>{text("missing_signals", { count: String(signals.length) })}</p> : null}
    </section>
  );
}

/** Blocks of other makers that come with the app: installed in the same step, once somebody says so. */
function Brought({ inspection, choice, set }: PartProps) {
  const text = useImportTexts();
  const { code_blocks } = inspection;
  if (code_blocks.length === 0) return null;
  return (
    <section className={css.missing}>
      <h4>{text("blocks")}</h4>
      {code_blocks.map((block) => (
        <BlockFacts key={block.id} block={block} />
      ))}
      {code_blocks.some(({ here }) => here === "new") ? (
        <label className={css.check}>
          <input
            type="checkbox"
            name="confirm_blocks"
            checked={choice.blocks}
            onChange={(event) => set({ blocks: event.target.checked })}
          />
          {text("confirm_blocks")}
        </label>
      ) : null}
    </section>
  );
}

function Place({ inspection, choice, set }: PartProps) {
  const text = useImportTexts();
  const { existing, app } = inspection;
  const over = existing !== null && choice.id === app.id;
  const valid = /^[a-z0-9][a-z0-9_-]{0,39}$/.test(choice.id);
  return (
    <section className={css.place}>
      <label>
        {text("id")}
        <input
          name="as_app"
          value={choice.id}
          maxLength={40}
          aria-invalid={!valid}
          onChange={(event) => set({ id: event.target.value })}
        />
        {valid ? null : <small>{text("id_bad")}</small>}
      </label>
      {over && existing.release !== null ? (
        <p className={css.hint}>{text("exists", { release: String(existing.release) })}</p>
      ) : null}
      {over && existing.release === null ? <p className={css.hint}>{text("exists_draft")}</p> : null}
      {over && existing.draft_edited ? <p className={css.warn}>{text("edited")}</p> : null}
      <fieldset>
        <legend className="visually-hidden">{text("how")}</legend>
        {(["release", "draft"] as const).map((mode) => (
          <label key={mode} className={css.check}>
            <input type="radio" name="mode" checked={choice.mode === mode} onChange={() => set({ mode })} />
            {text(mode)}
          </label>
        ))}
      </fieldset>
    </section>
  );
}
