import { Skeleton } from "@sdk";
import { lateComponent } from "@sdk/late_component";
import { type CSSProperties, useMemo } from "react";
import css from "./area.module.css";
import { ElementCore } from "./element_core";
import { arrange, type GridPlace, PAGE, type PhonePlace } from "./grid";
import type { RuntimeScope } from "./scope";

/** Drawings are on few pages; the code that scales and zooms them comes with the first. */
const FreeView = lateComponent(
  async () => (await import("./FreeView")).FreeView,
  <Skeleton width="100%" height="100%" />,
);

interface AreaProps {
  /** `page`, or `<element>/<slot>`. */
  holder: string;
  scope: RuntimeScope;
}

/** Lays out the elements of a page or a slot: on a grid, on a phone's two columns, or on a free canvas. */
export function AreaView({ holder, scope }: AreaProps) {
  const arrangement = useMemo(() => arrange(scope, holder), [scope, holder]);
  if (arrangement.kind === "free") {
    return (
      <FreeView arrangement={arrangement} holder={holder} scope={scope} Area={AreaView}>
        <PhoneGrid places={arrangement.list} scope={scope} />
      </FreeView>
    );
  }
  if (arrangement.kind === "phone") return <PhoneGrid places={arrangement.places} scope={scope} />;
  const style = { "--rows": Math.max(1, arrangement.rows) } as CSSProperties;
  return (
    <div
      className={css.grid}
      style={style}
      data-layout="grid"
      data-inside={holder !== PAGE || scope.depth > 0}
    >
      {arrangement.places.map((place) => (
        <GridCell key={place.id} place={place} scope={scope} />
      ))}
    </div>
  );
}

function GridCell({ place, scope }: { place: GridPlace; scope: RuntimeScope }) {
  const { id, x, y, w, h } = place;
  const style: CSSProperties = { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` };
  return (
    <div className={css.cell} style={style} data-element={id} data-type={scope.elements[id]?.type}>
      <ElementCore id={id} scope={scope} Area={AreaView} />
    </div>
  );
}

function PhoneGrid({ places, scope }: { places: readonly PhonePlace[]; scope: RuntimeScope }) {
  return (
    <div className={css.phone} data-layout="phone">
      {places.map(({ id, span, h, grows }) => (
        <div
          key={id}
          className={css.cell}
          style={{ gridColumn: `span ${span}`, "--h": h } as CSSProperties}
          data-grows={grows}
          data-element={id}
          data-type={scope.elements[id]?.type}
        >
          <ElementCore id={id} scope={scope} Area={AreaView} />
        </div>
      ))}
    </div>
  );
}
