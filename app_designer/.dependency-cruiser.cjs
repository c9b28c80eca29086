/**
 * generated ← sdk ← components; generated ← sdk ← forms ← runtime ← gallery ← designer ← shell.
 * Nothing looks the other way, nothing goes round.
 */
const product = "^(src|components)/";
const test = "[.]test[.]tsx?$";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "not-to-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "generated-stands-alone",
      severity: "error",
      from: { path: "^src/generated/" },
      to: { path: product, pathNot: "^src/generated/" },
    },
    {
      name: "sdk-below-the-rest",
      severity: "error",
      from: { path: "^src/sdk/", pathNot: test },
      to: { path: product, pathNot: "^src/(sdk|generated)/" },
    },
    {
      name: "components-only-sdk",
      comment: "A component imports the face of the sdk, its own folder and React.",
      severity: "error",
      from: { path: "^components/([^/]+)/", pathNot: test },
      to: { path: product, pathNot: "^(src/sdk/index[.]ts|components/$1/)" },
    },
    {
      name: "forms-below-the-runtime",
      severity: "error",
      from: { path: "^src/forms/", pathNot: test },
      to: { path: "^src/(runtime|gallery|designer|shell|main)" },
    },
    {
      name: "runtime-below-designer-and-shell",
      severity: "error",
      from: { path: "^src/runtime/", pathNot: test },
      to: { path: "^src/(gallery|designer|shell|main)" },
    },
    {
      name: "gallery-below-the-designer",
      comment: "The gallery draws manifests with example data; the designer takes that data for its preview.",
      severity: "error",
      from: { path: "^src/gallery/", pathNot: test },
      to: { path: "^src/(designer|shell|main)" },
    },
    {
      name: "plant-below-designer-and-shell",
      severity: "error",
      from: { path: "^src/plant/", pathNot: test },
      to: { path: "^src/(designer|shell|main)" },
    },
    {
      name: "designer-below-the-shell",
      comment: "The designer is loaded when it is opened; the shell knows its screen alone.",
      severity: "error",
      from: { path: "^src/designer/", pathNot: test },
      to: { path: "^src/(shell|main)", pathNot: "^src/shell/router[.]ts$" },
    },
    {
      name: "chart-library-only-in-charts",
      comment: "It is heavy: everything else loads it lazily through sdk/chart/Trend.",
      severity: "error",
      from: { pathNot: "^src/sdk/chart/" },
      to: { path: "node_modules/uplot" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".css"] },
  },
};
