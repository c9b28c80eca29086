/** The tree of a formula. `start` and `end` count UTF-16 units of its text. */

interface Place {
  start: number;
  end: number;
}

export type BinaryOp =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | "&&"
  | "||";
export type MacroName = "map" | "filter" | "all" | "exists";

export type Literal = Place & { kind: "literal"; value: number | string | boolean | null };
export type ListNode = Place & { kind: "list"; items: Node[] };
export type Name = Place & { kind: "name"; name: string };
export type Member = Place & { kind: "member"; base: Node; field: string; fieldStart: number };
export type Index = Place & { kind: "index"; base: Node; index: Node };
export type Unary = Place & { kind: "unary"; op: "-" | "!"; arg: Node };
export type Binary = Place & { kind: "binary"; op: BinaryOp; left: Node; right: Node };
export type Conditional = Place & { kind: "conditional"; test: Node; then: Node; other: Node };
export type Call = Place & { kind: "call"; name: string; nameStart: number; args: Node[] };
export type Macro = Place & {
  kind: "macro";
  macro: MacroName;
  list: Node;
  name: string;
  body: Node;
  /** Nodes of the body: what one round costs. */
  weight: number;
};

export type Node = Literal | ListNode | Name | Member | Index | Unary | Binary | Conditional | Call | Macro;
