// Runs dependency-cruiser and fails when it looked at nothing: with an unknown TypeScript it sees 0 modules and is content.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const MODULES_MIN = 40;
const root = fileURLToPath(new URL("..", import.meta.url));
const run = spawnSync(
  process.execPath,
  [
    "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "json",
    "src",
    "components",
  ],
  { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 },
);
if (!run.stdout) throw new Error(run.stderr || "dependency-cruiser said nothing");
const { summary } = JSON.parse(run.stdout);
for (const { rule, from, to } of summary.violations)
  console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`);
console.log(`dependency-cruiser: ${summary.totalCruised} modules, ${summary.error} errors`);
if (summary.totalCruised < MODULES_MIN)
  throw new Error(`only ${summary.totalCruised} modules were looked at`);
if (summary.error > 0) process.exitCode = 1;
