import { type ComponentProps, type SymbolProps, SymbolView } from "@sdk";

/** An electric motor: a ribbed housing with its shaft. */
export default function MotorView(given: ComponentProps<SymbolProps>) {
  return (
    <SymbolView
      given={given}
      draw={() => (
        <>
          <rect x={84} y={44} width={16} height={12} data-ground="" />
          <path d="M20 84 12 98h64l-8-14" data-ground="" />
          <rect x={10} y={16} width={74} height={68} rx={6} />
          <path d="M24 32h46M24 44h46M24 56h46M24 68h46" data-line="" />
          <rect x={0} y={26} width={10} height={48} rx={3} data-ground="" />
        </>
      )}
    />
  );
}
