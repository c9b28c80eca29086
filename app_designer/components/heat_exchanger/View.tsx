import { type ComponentProps, type SymbolProps, SymbolView } from "@sdk";

/** A shell-and-tube heat exchanger: the shell is filled, the tube winds through it. */
export default function HeatExchangerView(given: ComponentProps<SymbolProps>) {
  return (
    <SymbolView
      stretches
      given={given}
      draw={() => (
        <>
          <line x1={50} y1={0} x2={50} y2={14} />
          <line x1={50} y1={86} x2={50} y2={100} />
          <rect x={10} y={14} width={80} height={72} rx={14} />
          <path d="M0 50h22l10-22 18 44 18-44 10 22h22" data-line="" />
        </>
      )}
    />
  );
}
