import {
  BlockTile,
  type ComponentProps,
  type LocalText,
  localText,
  Said,
  type Signal,
  useLocale,
} from "@sdk";
import { lazy, type ReactNode, Suspense } from "react";
import { Inline } from "./Inline";
import css from "./View.module.css";

const Markdown = lazy(() => import("./Markdown"));

export interface TextProps {
  text?: LocalText;
  format?: "plain" | "markdown";
  size?: "s" | "m" | "l" | "xl" | "xxl";
  align?: "start" | "center" | "end";
  frame?: boolean;
}

const NONE: readonly Signal[] = [];

export default function TextView({ props, inputs, text, tone, mode }: ComponentProps<TextProps>) {
  const { language } = useLocale();
  const words = localText(props.text, language);
  const values = inputs.values ?? NONE;
  const plain = (
    <span className={css.plain}>
      <Inline text={words} values={values} />
    </span>
  );
  const empty =
    words.trim() === "" && mode !== "run" ? <Said icon="text" title={text("empty")} level="empty" /> : null;
  const body: ReactNode =
    props.format === "markdown" ? (
      <Suspense fallback={plain}>
        <Markdown text={words} values={values} />
      </Suspense>
    ) : (
      plain
    );
  const content = (
    <section
      className={css.text}
      data-size={props.size ?? "m"}
      data-align={props.align ?? "start"}
      // What is longer than its place can be scrolled with the keys.
      tabIndex={0}
      aria-label={words.slice(0, 80)}
    >
      {empty ?? body}
    </section>
  );
  if (!props.frame) return content;
  return (
    <BlockTile title="" tone={tone}>
      {content}
    </BlockTile>
  );
}
