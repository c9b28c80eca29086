import { Notice, useLocale } from "@sdk";
import type { Inspection, InstallOptions } from "@sdk/api/apps";
import type { Asset } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { formatBytes } from "@sdk/format/number";
import { localText } from "@sdk/i18n/catalogue";
import { useState } from "react";
import { BlockFacts } from "../code_blocks/BlockFacts";
import { Agree } from "../packages/Agree";
import { InstallButtons, type Looked } from "../packages/PackageDialog";
import shared from "../packages/packages.module.css";
import { SignedBy } from "../packages/SignedBy";
import { usePackageTexts } from "../packages/texts";
import css from "./import_app.module.css";
import { firstChoice, type ImportChoice, installOptions, MAKE, mayInstall, OPEN } from "./options";
import { useImportTexts } from "./texts";

interface InspectedProps {
  inspection: Inspection;
  assets: readonly Asset[];
  looked: Pick<Looked<unknown>, "busy" | "again" | "look">;
  install: (options: InstallOptions) => void;
}

/** What is in the package and what is missing here; the last step before anything is written. */
export function Inspected({ inspection, assets, looked, install }: InspectedProps) {
  const text = useImportTexts();
  const [choice, setChoice] = useState(() =>
    firstChoice(
      inspection,
      assets.map(({ id }) => id),
    ),
  );
  const set = (change: Partial<ImportChoice>) => setChoice({ ...choice, ...change });
  return (
    <div className={css.inspected}>
      <Facts inspection={inspection} trusted={looked.look} />
      <Findings inspection={inspection} />
      <Missing inspection={inspection} assets={assets} choice={choice} set={set} />
      <Brought inspection={inspection} choice={choice} set={set} trusted={looked.look} />
      <Place inspection={inspection} choice={choice} set={set} />
      {inspection.signature.state === "trusted" ? null : (
        <Agree
          name="confirm_untrusted"
          label={text("confirm")}
          checked={choice.confirmed}
          change={(confirmed) => set({ confirmed })}
        />
      )}
      <InstallButtons
        looked={looked}
        ready={mayInstall(inspection, choice)}
        install={() => install(installOptions(inspection, choice))}
      />
    </div>
  );
}

interface FactsProps {
  inspection: Inspection;
  trusted: () => void;
}

function Facts({ inspection, trusted }: FactsProps) {
  const text = useImportTexts();
  const packageText = usePackageTexts();
  const { language } = useLocale();
  const { app, signature, hash, files, media, size } = inspection;
  const name = localText(app.name, language) || app.id;
  const counts = { files: String(files), media: String(media), size: formatBytes(size, language) };
  return (
    <section>
      <h3>{text("app", { name, version: app.version })}</h3>
      <p className={shared.hint}>{text("facts", counts)}</p>
      <p className={shared.hint} title={hash}>
        {packageText("hash", { hash: hash.slice(0, 16) })}
      </p>
      <SignedBy signature={signature} trusted={trusted} />
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
        <p className={shared.hint}>{text("warnings", { count: String(check.warnings) })}</p>
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
function Brought({ inspection, choice, set, trusted }: PartProps & FactsProps) {
  const text = useImportTexts();
  const { code_blocks } = inspection;
  if (code_blocks.length === 0) return null;
  return (
    <section className={css.missing}>
      <h4>{text("blocks")}</h4>
      {code_blocks.map((block) => (
        <BlockFacts key={block.id} block={block} trusted={trusted} />
      ))}
      {code_blocks.some(({ here }) => here === "new") ? (
        <Agree
          name="confirm_blocks"
          label={text("confirm_blocks")}
          checked={choice.blocks}
          change={(blocks) => set({ blocks })}
        />
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
        <p className={shared.hint}>{text("exists", { release: String(existing.release) })}</p>
      ) : null}
      {over && existing.release === null ? <p className={shared.hint}>{text("exists_draft")}</p> : null}
      {over && existing.draft_edited ? <p className={css.warn}>{text("edited")}</p> : null}
      <fieldset>
        <legend className="visually-hidden">{text("how")}</legend>
        {(["release", "draft"] as const).map((mode) => (
          <label key={mode} className={shared.check}>
            <input type="radio" name="mode" checked={choice.mode === mode} onChange={() => set({ mode })} />
            {text(mode)}
          </label>
        ))}
      </fieldset>
    </section>
  );
}
