import type { BinaryOp, MacroName, Node } from "./ast";
import { SyntaxProblem, type Token, tokenize } from "./lexer";
import { DEPTH_MAX, NODES_MAX } from "./types";

const MACROS: readonly string[] = ["map", "filter", "all", "exists"];
const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
export const KEYWORDS: readonly string[] = ["true", "false", "null", "in", "and", "or", "not"];
const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">=", "in"];

/** Reads a formula into its tree. Throws SyntaxProblem. */
export function parse(text: string): Node {
  return new Parser(tokenize(text)).whole();
}

class Parser {
  private at = 0;
  private nodes = 0;
  private depth = 0;

  constructor(private readonly tokens: Token[]) {}

  whole(): Node {
    if (this.peek().kind === "end") throw new SyntaxProblem("empty", 0, this.peek().end);
    const node = this.expression();
    if (this.peek().kind !== "end") throw this.unexpected();
    return node;
  }

  private peek(): Token {
    return this.tokens[this.at] as Token;
  }

  private isOp(text: string): boolean {
    const token = this.peek();
    return token.kind === "op" && token.text === text;
  }

  private isWord(text: string): boolean {
    const token = this.peek();
    return token.kind === "name" && token.text === text;
  }

  private unexpected(): SyntaxProblem {
    const { kind, text, start, end } = this.peek();
    if (kind === "end") return new SyntaxProblem("unexpected_end", start, end);
    return new SyntaxProblem("unexpected_token", start, end, { text });
  }

  private add<N extends Node>(node: N): N {
    this.nodes += 1;
    if (this.nodes > NODES_MAX) {
      throw new SyntaxProblem("too_many_nodes", node.start, node.end, { max: String(NODES_MAX) });
    }
    return node;
  }

  private deeper<T>(read: () => T): T {
    this.depth += 1;
    const { start, end } = this.peek();
    if (this.depth > DEPTH_MAX) throw new SyntaxProblem("too_deep", start, end, { max: String(DEPTH_MAX) });
    const out = read();
    this.depth -= 1;
    return out;
  }

  private expression(): Node {
    return this.deeper(() => {
      const test = this.or();
      if (!this.isOp("?")) return test;
      this.at += 1;
      const then = this.expression();
      if (!this.isOp(":")) throw this.unexpected();
      this.at += 1;
      const other = this.expression();
      return this.add({ kind: "conditional", test, then, other, start: test.start, end: other.end });
    });
  }

  private chain(op: BinaryOp, symbol: string, word: string, side: () => Node): Node {
    let left = side();
    while (this.isOp(symbol) || this.isWord(word)) {
      this.at += 1;
      const right = side();
      left = this.add({ kind: "binary", op, left, right, start: left.start, end: right.end });
    }
    return left;
  }

  private or(): Node {
    return this.chain("||", "||", "or", () => this.and());
  }

  private and(): Node {
    return this.chain("&&", "&&", "and", () => this.not());
  }

  private not(): Node {
    if (!this.isWord("not")) return this.comparison();
    const { start } = this.peek();
    this.at += 1;
    const arg = this.deeper(() => this.not());
    return this.add({ kind: "unary", op: "!", arg, start, end: arg.end });
  }

  private isComparison(): boolean {
    const { kind, text } = this.peek();
    return COMPARISONS.includes(text) && kind === (text === "in" ? "name" : "op");
  }

  private comparison(): Node {
    const left = this.sum();
    if (!this.isComparison()) return left;
    const op = this.peek().text as BinaryOp;
    this.at += 1;
    const right = this.sum();
    const { start, end } = this.peek();
    if (this.isComparison()) throw new SyntaxProblem("chained_comparison", start, end);
    return this.add({ kind: "binary", op, left, right, start: left.start, end: right.end });
  }

  private sum(): Node {
    let left = this.product();
    while (this.isOp("+") || this.isOp("-")) {
      const op = this.peek().text as BinaryOp;
      this.at += 1;
      const right = this.product();
      left = this.add({ kind: "binary", op, left, right, start: left.start, end: right.end });
    }
    return left;
  }

  private product(): Node {
    let left = this.unary();
    while (this.isOp("*") || this.isOp("/") || this.isOp("%")) {
      const op = this.peek().text as BinaryOp;
      this.at += 1;
      const right = this.unary();
      left = this.add({ kind: "binary", op, left, right, start: left.start, end: right.end });
    }
    return left;
  }

  private unary(): Node {
    if (!this.isOp("-") && !this.isOp("!")) return this.postfix();
    const { start, text } = this.peek();
    this.at += 1;
    const arg = this.deeper(() => this.unary());
    return this.add({ kind: "unary", op: text as "-" | "!", arg, start, end: arg.end });
  }

  private postfix(): Node {
    let base = this.primary();
    for (;;) {
      if (this.isOp("[")) {
        const open = this.peek();
        this.at += 1;
        const index = this.expression();
        const end = this.close("]", open);
        base = this.add({ kind: "index", base, index, start: base.start, end });
      } else if (this.isOp(".")) {
        this.at += 1;
        base = this.member(base);
      } else {
        return base;
      }
    }
  }

  private member(base: Node): Node {
    const token = this.peek();
    if (token.kind !== "name") throw this.unexpected();
    this.at += 1;
    if (!this.isOp("(")) {
      return this.add({
        kind: "member",
        base,
        field: token.text,
        fieldStart: token.start,
        start: base.start,
        end: token.end,
      });
    }
    if (!MACROS.includes(token.text)) {
      throw new SyntaxProblem("method_call", token.start, token.end, { name: token.text });
    }
    const open = this.peek();
    this.at += 1;
    return this.macro(token.text as MacroName, base, open, base.start);
  }

  /** The rest of a macro after its list: `x, body)`. */
  private macro(macro: MacroName, list: Node, open: Token, start: number): Node {
    const variable = this.peek();
    if (variable.kind === "end") throw this.unexpected();
    if (variable.kind !== "name" || KEYWORDS.includes(variable.text)) {
      throw new SyntaxProblem("macro_variable", variable.start, variable.end, { name: macro });
    }
    this.at += 1;
    if (!this.isOp(",")) throw this.unexpected();
    this.at += 1;
    const before = this.nodes;
    const body = this.expression();
    const weight = this.nodes - before;
    const end = this.close(")", open);
    return this.add({ kind: "macro", macro, list, name: variable.text, body, weight, start, end });
  }

  private close(text: ")" | "]", open: Token): number {
    const token = this.peek();
    if (token.kind === "end") throw new SyntaxProblem("unclosed", open.start, open.end, { text: open.text });
    if (!this.isOp(text)) throw this.unexpected();
    this.at += 1;
    return token.end;
  }

  private primary(): Node {
    const token = this.peek();
    const { start, end, text } = token;
    if (token.kind === "number" || token.kind === "string") {
      this.at += 1;
      const value = token.kind === "number" ? token.number : text;
      return this.add({ kind: "literal", value, start, end });
    }
    if (token.kind === "name") return this.name(token);
    if (this.isOp("(")) {
      this.at += 1;
      const inner = this.expression();
      this.close(")", token);
      return inner;
    }
    if (this.isOp("[")) {
      this.at += 1;
      const items = this.items("]", token);
      return this.add({ kind: "list", items, start, end: this.close("]", token) });
    }
    throw this.unexpected();
  }

  private items(closing: ")" | "]", open: Token): Node[] {
    const items: Node[] = [];
    if (this.isOp(closing)) return items;
    for (;;) {
      if (this.peek().kind === "end" && items.length > 0) this.close(closing, open);
      items.push(this.expression());
      if (!this.isOp(",")) return items;
      this.at += 1;
    }
  }

  private name(token: Token): Node {
    const { start, end, text } = token;
    if (Object.hasOwn(CONSTANTS, text)) {
      this.at += 1;
      return this.add({ kind: "literal", value: CONSTANTS[text] ?? null, start, end });
    }
    if (KEYWORDS.includes(text)) throw this.unexpected();
    this.at += 1;
    if (!this.isOp("(")) return this.add({ kind: "name", name: text, start, end });
    const open = this.peek();
    this.at += 1;
    if (MACROS.includes(text)) {
      const list = this.expression();
      if (!this.isOp(",")) throw this.unexpected();
      this.at += 1;
      return this.macro(text as MacroName, list, open, start);
    }
    const args = this.items(")", open);
    const close = this.close(")", open);
    return this.add({ kind: "call", name: text, nameStart: start, args, start, end: close });
  }
}
