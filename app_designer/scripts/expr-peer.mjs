// The browser's expression language as a filter, for comparison with Python: one case per line in, one result per line out.
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const entry = fileURLToPath(new URL("../src/sdk/expr/index.ts", import.meta.url));
const [output] = [
  await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, minify: false, lib: { entry, formats: ["es"], fileName: "expr" } },
  }),
].flat();
const code = output.output.find((part) => part.type === "chunk").code;
const { check, evaluate } = await import(
  `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`
);

for await (const line of createInterface({ input: process.stdin })) {
  const { text, vars, types, context } = JSON.parse(line);
  const { v, q, ts, unit = "", why = "" } = evaluate(text, vars, context);
  const checked = check(text, types);
  const problems = checked.problems.map(({ code, start, end, values }) => [code, start, end, values]);
  process.stdout.write(
    `${JSON.stringify({ value: [v, q, ts, unit, why], check: [checked.type, checked.unit ?? "", problems] })}\n`,
  );
}
