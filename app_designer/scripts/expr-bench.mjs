// Evaluations per second of formulas in the browser's code: formulas and inputs as JSON on stdin, figures as JSON out.
import { readFileSync } from "node:fs";
import { loadExpressions } from "./expr-peer.mjs";

const { formulas, vars, context, seconds } = JSON.parse(readFileSync(0, "utf-8"));
const { compile } = await loadExpressions();
const figures = formulas.map((text) => {
  const run = compile(text);
  for (let i = 0; i < 50_000; i += 1) run(vars, context);
  let count = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  while (performance.now() < end) {
    for (let i = 0; i < 1000; i += 1) run(vars, context);
    count += 1000;
  }
  return (count * 1000) / (performance.now() - start);
});
process.stdout.write(JSON.stringify(figures));
