import { type ComponentProps, type SymbolProps, SymbolView } from "@sdk";

/** A fan: a round casing with three blades. */
export default function FanView(given: ComponentProps<SymbolProps>) {
  return (
    <SymbolView
      given={given}
      draw={() => (
        <>
          <path d="M50 4H100V20H80" />
          <line x1={0} y1={50} x2={8} y2={50} />
          <circle cx={50} cy={50} r={42} />
          <path d="M50 50C40 38 42 20 52 16c10 6 8 24-2 34Z" data-ground="" />
          <path d="M50 50c16-3 30 8 30 18-10 6-26-4-30-18Z" data-ground="" />
          <path d="M50 50c-5 15-22 22-30 16 0-12 14-20 30-16Z" data-ground="" />
          <circle cx={50} cy={50} r={5} />
        </>
      )}
    />
  );
}
