import type { Rolldown } from "vite";

type GetModule = (id: string) => Pick<Rolldown.ModuleInfo, "importedIds"> | null;

/** What an open app is made of. Not the blocks, and not the sdk, of which each page loads what its blocks use. */
const OWN = /\/src\/(runtime|shell)\/|\/component\.json\?slim$/;

/**
 * The modules an open app needs before it draws: what its screen imports, and that in turn, not what comes later. The
 * screen itself stays a file of its own, by whose name the build tells what an app loads.
 */
export function appModules(screen: string, getModule: GetModule): Set<string> {
  const found = new Set([screen]);
  for (const id of found) {
    for (const imported of getModule(id)?.importedIds ?? []) if (OWN.test(imported)) found.add(imported);
  }
  found.delete(screen);
  return found;
}

/**
 * Left alone, the bundler makes a file of every few modules that the same screens share: dozens of small ones, each
 * packed by itself. What every page loads anyway becomes two: the shell, and what shows an app.
 */
export function chunkGroups(screen: string): Rolldown.CodeSplittingGroup[] {
  let app: Set<string> | null = null;
  return [
    { name: "shell", tags: ["$initial"], priority: 2 },
    {
      name: (id, context) => {
        app ??= appModules(screen, (of) => context.getModuleInfo(of));
        return app.has(id) ? "app" : null;
      },
      debugName: "app",
      test: OWN,
      priority: 1,
      includeDependenciesRecursively: false,
    },
  ];
}
