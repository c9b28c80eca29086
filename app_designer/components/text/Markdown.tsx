import type { Signal } from "@sdk";
import { lexer, type Token, type Tokens } from "marked";
import { createElement, type ReactNode, useMemo } from "react";
import { Inline } from "./Inline";
import css from "./View.module.css";

type Values = readonly Signal[];

const DEPTH_MAX = 12;
const LENGTH_MAX = 20_000;

/** Addresses a text may lead to; every other is written as it stands, without a link. */
export function safeAddress(href: string): string | null {
  const plain = href.trim();
  if (/^(https?:\/\/|mailto:|tel:)/i.test(plain)) return plain;
  return /^(\/(?!\/)|#|\?)/.test(plain) && !plain.includes("\\") ? plain : null;
}

/** Markdown made of React elements from the tokens of the lexer: there is no HTML on the way. */
export default function Markdown({ text, values }: { text: string; values: Values }) {
  const tokens = useMemo(() => lexer(text.slice(0, LENGTH_MAX), { gfm: true, breaks: true }), [text]);
  return <div className={css.markdown}>{drawn(tokens, values, 0)}</div>;
}

function drawn(tokens: readonly Token[] | undefined, values: Values, depth: number): ReactNode {
  if (!tokens) return null;
  if (depth > DEPTH_MAX) return tokens.map((token) => token.raw).join("");
  return tokens.map((token, index) => {
    const inside = () => drawn("tokens" in token ? token.tokens : undefined, values, depth + 1);
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a text have no other identity than their place.
    return <Piece key={index} token={token} values={values} depth={depth} inside={inside} />;
  });
}

interface PieceProps {
  token: Token;
  values: Values;
  depth: number;
  inside: () => ReactNode;
}

const WRAPPED: Record<string, string> = {
  paragraph: "p",
  strong: "strong",
  em: "em",
  del: "del",
  blockquote: "blockquote",
};

function Piece({ token, values, depth, inside }: PieceProps): ReactNode {
  const wrapper = WRAPPED[token.type];
  if (wrapper) return createElement(wrapper, null, inside());
  switch (token.type) {
    case "space":
      return null;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "heading":
      // The page has the first heading; those of a text come below it.
      return createElement(`h${Math.min(6, token.depth + 1)}`, { "data-depth": token.depth }, inside());
    case "code":
      return <pre>{token.text}</pre>;
    case "codespan":
      return <code>{token.text}</code>;
    case "list":
      return <List list={token as Tokens.List} values={values} depth={depth} />;
    case "table":
      return <Table table={token as Tokens.Table} values={values} depth={depth} />;
    case "link":
      return <Link link={token as Tokens.Link} inside={inside} />;
    case "escape":
      return unescaped((token as Tokens.Escape).text);
    case "text": {
      const { text, tokens } = token as Tokens.Text;
      return tokens ? inside() : <Inline text={unescaped(text)} values={values} />;
    }
    default:
      // Pictures, HTML and whatever comes later: as it is written.
      return <Inline text={token.raw} values={values} />;
  }
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The lexer escapes a few characters for HTML; React does that itself. */
function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
}

function List({ list, values, depth }: { list: Tokens.List; values: Values; depth: number }) {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items of a text have no other identity than their place.
    <li key={index}>
      {item.task ? <span>{item.checked ? "☑ " : "☐ "}</span> : null}
      {drawn(item.tokens, values, depth + 1)}
    </li>
  ));
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ table, values, depth }: { table: Tokens.Table; values: Values; depth: number }) {
  const align = (index: number) => table.align[index] ?? undefined;
  return (
    <table>
      <thead>
        <tr>
          {table.header.map((cell, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns never change places.
            <th key={index} scope="col" data-align={align(index)}>
              {drawn(cell.tokens, values, depth + 1)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a text never change places.
          <tr key={place}>
            {row.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns never change places.
              <td key={index} data-align={align(index)}>
                {drawn(cell.tokens, values, depth + 1)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Link({ link, inside }: { link: Tokens.Link; inside: () => ReactNode }) {
  const href = safeAddress(link.href);
  if (href === null) return <span>{inside()}</span>;
  const outside = /^https?:/i.test(href);
  return (
    <a href={href} {...(outside ? { target: "_blank", rel: "noopener noreferrer" } : {})}>
      {inside()}
    </a>
  );
}
