import { type ComponentProps, type SymbolProps, SymbolView } from "@sdk";

/** A belt conveyor; while it runs an arrow shows its direction. */
export default function ConveyorView(given: ComponentProps<SymbolProps>) {
  return (
    <SymbolView
      stretches
      given={given}
      draw={({ active }) => (
        <>
          <path d="M18 66 12 100M82 66l6 34" data-line="" />
          <rect x={0} y={28} width={100} height={38} rx={8} />
          <ellipse cx={8} cy={47} rx={5} ry={14} data-ground="" />
          <ellipse cx={92} cy={47} rx={5} ry={14} data-ground="" />
          {active ? <path d="M36 47h26m-6-8 6 8-6 8" data-line="" /> : null}
        </>
      )}
    />
  );
}
