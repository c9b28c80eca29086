import { type ComponentProps, type SymbolProps, SymbolView } from "@sdk";

/** A centrifugal pump: casing, and an outlet at the upper right. */
export default function PumpView(given: ComponentProps<SymbolProps>) {
  return (
    <SymbolView
      given={given}
      draw={() => (
        <>
          <path d="M28 92 14 100h72L72 92" data-ground="" />
          <path d="M50 4H100V20H80" />
          <line x1={0} y1={50} x2={8} y2={50} />
          <circle cx={50} cy={50} r={42} />
          <path d="M36 26 76 50 36 74Z" data-ground="" />
        </>
      )}
    />
  );
}
