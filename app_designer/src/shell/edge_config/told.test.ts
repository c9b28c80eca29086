import type { ConfigProblem } from "@sdk/api/edge_configs";
import { describe, expect, it } from "vitest";
import { configTexts } from "./texts";
import { problemText, reasonText } from "./told";

const zh = configTexts("zh-CN");
const en = configTexts("en");

const problem = (code: string, params: Record<string, string>): ConfigProblem => ({
  code,
  params,
  path: "/connections/0",
  line: 3,
  message: "in English",
  hint: "Do this.",
});

describe("what an agent refuses", () => {
  it("comes in the reader's language where the code is known", () => {
    const why = { reason: "more connections …", code: "remote.bad", params: { names: "press_3" } };
    expect(reasonText(why, zh)).toBe("变坏的连接比之前多：press_3");
    expect(reasonText(why, en)).toBe("more connections than before were bad: press_3");
    expect(reasonText({ ...why, code: "remote.other" }, zh)).toBe("more connections …");
  });

  it.each([
    ["remote.scope", { name: "broker" }, "broker 只能在机器上设置，不能远程设置。"],
    ["remote.write", { name: "plc/s" }, "plc/s 可写：只能在机器上更改。"],
    ["config.unknown_key", { name: "prot", near: "port" }, "这里没有名为 prot 的键。可用：port。"],
    ["config.type", { given: "'x'", kind: "a whole number" }, "'x' 不是整数。"],
    ["driver.unknown", { name: "modbus", near: "" }, "没有驱动 modbus。"],
  ])("says %s with its words", (code, params, said) => {
    expect(problemText(problem(code, params), zh, "zh-CN")).toBe(said);
    expect(problemText(problem(code, params), en, "en")).toBe("in English. Do this.");
  });

  it("stays as it came without words to put in, or without a text for its code", () => {
    expect(problemText(problem("remote.scope", {}), zh, "zh-CN")).toBe("in English. Do this.");
    expect(problemText(problem("sequence.no_time", { name: "x" }), zh, "zh-CN")).toBe("in English. Do this.");
  });

  it("never repeats what stands beside a password", () => {
    expect(problemText(problem("remote.secret", {}), zh, "zh-CN")).toContain("secret:");
  });
});
