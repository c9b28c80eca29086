import type { Inspection, InstallOptions } from "@sdk/api/apps";

/** What a machine that is not here becomes: one that is, a new one, or nothing yet. */
export const MAKE = "+";
export const OPEN = "";

export interface ImportChoice {
  id: string;
  mode: "release" | "draft";
  /** Name in the package → asset here, `MAKE` or `OPEN`. */
  assets: Readonly<Record<string, string>>;
  confirmed: boolean;
  /** The blocks of other makers it brings may be installed. */
  blocks: boolean;
}

/** What is chosen before anybody has: an installation over an app that people use begins as a draft. */
export function firstChoice(inspection: Inspection, here: readonly string[]): ImportChoice {
  const assets = inspection.missing.assets.map((asset) => [asset, here.length > 0 ? OPEN : MAKE] as const);
  const used = inspection.existing?.release !== null && inspection.existing !== null;
  return {
    id: inspection.app.id,
    mode: used ? "draft" : "release",
    assets: Object.fromEntries(assets),
    confirmed: false,
    blocks: false,
  };
}

/** The request for a choice. */
export function installOptions(inspection: Inspection, choice: ImportChoice): InstallOptions {
  const chosen = Object.entries(choice.assets);
  const mapped = chosen.filter(([, here]) => here !== MAKE && here !== OPEN);
  return {
    mode: choice.mode,
    ...(choice.id === inspection.app.id ? {} : { as_app: choice.id }),
    assets: Object.fromEntries(mapped),
    create_assets: chosen.flatMap(([asset, here]) => (here === MAKE ? [asset] : [])),
    replace_draft: choice.id === inspection.app.id && inspection.existing?.draft_edited === true,
    confirm_blocks: choice.blocks,
    confirm_untrusted: inspection.signature.state !== "trusted" && choice.confirmed,
  };
}

/** Whether everything is said that has to be said. */
export function mayInstall(inspection: Inspection, choice: ImportChoice): boolean {
  const trusted = inspection.signature.state === "trusted" || choice.confirmed;
  const { code_blocks } = inspection;
  const refused = code_blocks.some(({ here }) => here === "other");
  const agreed = choice.blocks || !code_blocks.some(({ here }) => here === "new");
  return (
    trusted &&
    agreed &&
    !refused &&
    inspection.check.errors === 0 &&
    /^[a-z0-9][a-z0-9_-]{0,39}$/.test(choice.id)
  );
}
