import {
  BlockTile,
  type ComponentProps,
  type LocalText,
  localText,
  Said,
  useLocale,
  useMedia,
  useMissing,
} from "@sdk";
import { useState } from "react";
import { Marker } from "./Marker";
import css from "./View.module.css";

export interface Place {
  x: number;
  y: number;
  label?: LocalText;
}

export interface PlanProps {
  title?: LocalText;
  media?: string;
  places?: Place[];
  show_value?: boolean;
}

/** Where a marker stands that nobody has placed yet: in a row at the top, so that none hides another. */
export function placeOf(places: readonly Place[] | undefined, index: number): Place {
  return places?.[index] ?? { x: 8 + ((index * 14) % 86), y: 10 + Math.floor((index * 14) / 86) * 14 };
}

export default function PlanView(block: ComponentProps<PlanProps>) {
  const { props, inputs, tone } = block;
  const { language } = useLocale();
  const markers = inputs.markers ?? [];
  const none = useMissing(markers.slice(0, 1));
  // A machine without a tag keeps its place and says so there.
  const missing = markers.length === 0 ? none : null;
  const address = useMedia(props.media);
  return (
    <BlockTile title={localText(props.title, language)} tone={tone}>
      {missing ?? (
        <span className={css.plan} data-plain={!address}>
          {address ? <Background address={address} /> : null}
          <ul className={css.markers}>
            {markers.map((signal, index) => (
              <Marker
                key={signal.key}
                signal={signal}
                index={index}
                place={placeOf(props.places, index)}
                showValue={props.show_value !== false}
                block={block}
              />
            ))}
          </ul>
        </span>
      )}
    </BlockTile>
  );
}

function Background({ address }: { address: string }) {
  const { t } = useLocale();
  const [failed, setFailed] = useState(false);
  if (failed) return <Said icon="image" title={t("error.not_found")} level="error" />;
  return (
    <img className={css.picture} src={address} alt="" draggable={false} onError={() => setFailed(true)} />
  );
}
