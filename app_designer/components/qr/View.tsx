import {
  BlockTile,
  type ComponentProps,
  type LocalText,
  localText,
  Said,
  type Signal,
  useLocale,
  useMissing,
  useQrPath,
  useSignal,
} from "@sdk";
import { useEffect, useState } from "react";
import css from "./View.module.css";

export interface QrProps {
  content?: "page" | "app" | "text" | "value";
  text?: string;
  title?: LocalText;
  caption?: LocalText;
}

/** The address of this view; looked at again each second, because parameters and time range are part of it. */
function useAddress(): string {
  const [address, setAddress] = useState(() => location.href);
  useEffect(() => {
    const timer = setInterval(() => setAddress(location.href), 1000);
    return () => clearInterval(timer);
  }, []);
  return address;
}

export default function QrView(block: ComponentProps<QrProps>) {
  const { props } = block;
  const content = props.content ?? "page";
  if (content === "text") return <Shown block={block} text={props.text ?? ""} />;
  if (content === "value") return <OfInput block={block} />;
  return <OfPlace block={block} whole={content === "page"} />;
}

function OfPlace({ block, whole }: { block: ComponentProps<QrProps>; whole: boolean }) {
  const address = useAddress();
  const app = /^(https?:\/\/[^/]+\/app\/[^/?#]+)/.exec(address)?.[1];
  return <Shown block={block} text={whole ? address : (app ?? address)} />;
}

function OfInput({ block }: { block: ComponentProps<QrProps> }) {
  const { language } = useLocale();
  const signal = block.inputs.value?.[0];
  const missing = useMissing(block.inputs.value ?? []);
  if (!signal || missing)
    return (
      <BlockTile title={localText(block.props.title, language)} tone={block.tone}>
        {missing}
      </BlockTile>
    );
  return <OfValue block={block} signal={signal} />;
}

function OfValue({ block, signal }: { block: ComponentProps<QrProps>; signal: Signal }) {
  const { t } = useLocale();
  const { value, assessment } = useSignal(signal);
  const trusted = assessment.current && value !== null;
  // A code of a value that is not current would be scanned as if it were.
  const why = trusted ? "" : t(assessment.word ?? "state.no_data");
  return <Shown block={block} text={trusted ? String(value) : ""} why={why} level={assessment.level} />;
}

interface ShownProps {
  block: ComponentProps<QrProps>;
  text: string;
  why?: string;
  level?: string;
}

function Shown({ block, text, why = "", level = "empty" }: ShownProps) {
  const { language } = useLocale();
  const { props, tone } = block;
  const code = useQrPath(text);
  const caption = localText(props.caption, language) || text;
  const label = block.text("label", { text });
  return (
    <BlockTile title={localText(props.title, language)} tone={tone}>
      {code !== null ? (
        <span className={css.qr}>
          <span className={css.paper}>
            {code ? (
              <svg viewBox={`-4 -4 ${code.size + 8} ${code.size + 8}`} role="img" aria-label={label}>
                <path d={code.path} shapeRendering="crispEdges" />
              </svg>
            ) : null}
          </span>
          <span className={`${css.caption} truncate`} title={text}>
            {caption}
          </span>
        </span>
      ) : (
        <Nothing title={why || block.text(text ? "long" : "none")} level={level} />
      )}
    </BlockTile>
  );
}

function Nothing({ title, level }: { title: string; level: string }) {
  return (
    <span className={css.nothing} data-state={level}>
      <Said icon="qr" title={title} level={level} />
    </span>
  );
}
