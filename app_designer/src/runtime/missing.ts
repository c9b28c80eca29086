import { type Bound, roleRowAt } from "./binding";
import type { LoadedApp } from "./scope";

type Known = Pick<LoadedApp, "app" | "pages" | "blocks" | "roles" | "assets">;

function boundOf(loaded: Known): Bound[] {
  const holders = [...Object.values(loaded.pages), ...Object.values(loaded.blocks)];
  const bound = holders
    .flatMap((holder) => Object.values(holder.elements ?? {}))
    .flatMap((element) => Object.values(element.bind ?? {}));
  return bound.flatMap((one) => (one.source === "expression" ? Object.values(one.vars ?? {}) : [one]));
}

/**
 * How many of the roles an app names by their machine no tag plays yet, as while the first machines of a
 * new plant are still arriving. A plant without any machine counts as one more.
 */
export function missingRoles(loaded: Known): number {
  const names = new Set<string>();
  for (const bound of boundOf(loaded)) {
    if ((bound.source === "tag" || bound.source === "history") && typeof bound.asset === "string")
      names.add(`${bound.asset}/${bound.role}`);
  }
  const plays = (name: string) => {
    const cut = name.lastIndexOf("/");
    const [asset, role] = [name.slice(0, cut), name.slice(cut + 1)];
    return role === "*"
      ? loaded.roles.some((row) => row.asset === asset)
      : roleRowAt(loaded, asset, role, Number.POSITIVE_INFINITY) !== null;
  };
  return [...names].filter((name) => !plays(name)).length + (loaded.assets.size === 0 ? 1 : 0);
}
