import type { CanvasKey } from "../model/contract";

/** What is looked for over the whole app. */
export type UseQuery =
  | { kind: "role"; role: string; asset?: string }
  | { kind: "asset"; asset: string }
  | { kind: "param"; param: string; canvas?: CanvasKey }
  | { kind: "state"; state: string; canvas?: CanvasKey };

/** Ways from one page to another that give it parameters: steps of events, and blocks that lead to or show a page. */

export type Node = Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isNamed = (value: unknown, name: string): boolean => isNode(value) && value.name === name;

/** A member under another name, at the same place in the order. */
export function renamedMember(members: Node, from: string, to: string): Node {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name === from ? to : name, value]),
  );
}

/** Whether something leads to a page of this app (any page without one named) and gives it a parameter. */
export function givesParam(node: Node, param: string, page?: string): boolean {
  if (typeof node.page !== "string" || node.app || (page !== undefined && node.page !== page)) return false;
  const { params } = node;
  return Array.isArray(params)
    ? params.some((one) => isNamed(one, param))
    : isNode(params) && param in params;
}

/** The same way with the parameter under another name. */
export function withParamNamed(node: Node, from: string, to: string): Node {
  const { params } = node;
  if (Array.isArray(params))
    return { ...node, params: params.map((one) => (isNamed(one, from) ? { ...one, name: to } : one)) };
  return isNode(params) ? { ...node, params: renamedMember(params, from, to) } : node;
}
