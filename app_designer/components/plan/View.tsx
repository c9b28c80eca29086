import { BlockTile, type ComponentProps, localText, Said, useLocale, useMedia, useMissing } from "@sdk";
import { useState } from "react";
import { Marker } from "./Marker";
import { type PlanProps, placeOf } from "./places";
import css from "./View.module.css";

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
