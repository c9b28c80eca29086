import { SyntaxProblem, type Token, tokenize } from "@sdk/expr/lexer";

function tokensOf(text: string): Token[] {
  try {
    return tokenize(text);
  } catch (error) {
    if (error instanceof SyntaxProblem) return [];
    throw error;
  }
}

/** A formula with what its names stand for now in their place; texts inside it stay as they are. */
export function withValues(text: string, values: Readonly<Record<string, string>>): string {
  let out = "";
  let end = 0;
  const tokens = tokensOf(text);
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    const isField = before?.kind === "op" && before.text === ".";
    if (token.kind !== "name" || isField || !Object.hasOwn(values, token.text)) return;
    out += text.slice(end, token.start) + values[token.text];
    end = token.end;
  });
  return out + text.slice(end);
}
