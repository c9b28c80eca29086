// The browser's expression language as a filter, for comparison with Python: one case per line in, one result per line out.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = fileURLToPath(import.meta.url);
const entry = fileURLToPath(new URL("../src/sdk/expr/index.ts", import.meta.url));

/** The expression language, bundled and loaded into Node. */
export async function loadExpressions() {
  const lib = { entry, formats: ["es"], fileName: "expr" };
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: false, lib },
  });
  const [output] = [built].flat();
  const { code } = output.output.find((part) => part.type === "chunk");
  return import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
}

async function serve() {
  const { check, evaluate } = await loadExpressions();
  for await (const line of createInterface({ input: process.stdin })) {
    const { text, vars, types, context } = JSON.parse(line);
    const { v, q, ts, unit = "", why = "" } = evaluate(text, vars, context);
    const checked = check(text, types);
    const problems = checked.problems.map(({ code, start, end, values }) => [code, start, end, values]);
    const result = { value: [v, q, ts, unit, why], check: [checked.type, checked.unit ?? "", problems] };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}

if (process.argv[1] === here) await serve();
