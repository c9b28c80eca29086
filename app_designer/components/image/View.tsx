import { BlockTile, type ComponentProps, type LocalText, localText, Said, useLocale, useMedia } from "@sdk";
import { useState } from "react";
import css from "./View.module.css";

export interface ImageProps {
  media?: string;
  alt?: LocalText;
  title?: LocalText;
  fit?: "contain" | "cover";
  frame?: boolean;
}

export default function ImageView(block: ComponentProps<ImageProps>) {
  const { props, text, tone, emit, enabled, mode } = block;
  const { language } = useLocale();
  const address = useMedia(props.media);
  const [failed, setFailed] = useState<string | null>(null);
  const alt = localText(props.alt, language);
  const shown =
    !props.media || !address ? (
      <Said icon="image" title={text("none")} hint={text("none_hint")} level="empty" />
    ) : failed === address ? (
      <Said icon="warn" title={text("missing")} hint={alt || text("missing_hint")} level="error" />
    ) : (
      <>
        <img
          className={css.image}
          data-fit={props.fit ?? "contain"}
          src={address}
          alt={alt}
          draggable={false}
          onError={() => setFailed(address)}
        />
        {mode === "design" && !alt ? <span className={css.note}>{text("no_alt")}</span> : null}
      </>
    );
  const title = localText(props.title, language);
  if (props.frame === false && !title)
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the frame makes it a button where pressing matters.
      // biome-ignore lint/a11y/noStaticElementInteractions: as above.
      <span className={css.bare} onClick={() => enabled && emit("press")}>
        {shown}
      </span>
    );
  return (
    <BlockTile
      title={title}
      tone={tone}
      onPress={address ? () => emit("press") : undefined}
      enabled={enabled}
    >
      {shown}
    </BlockTile>
  );
}
