import { type ComponentProps, type SymbolProps, SymbolView } from "@sdk";

export interface ValveProps extends SymbolProps {
  actuator?: "hand" | "drive" | "none";
}

/** A valve: two triangles, filled when open, with its actuator above. */
export default function ValveView(given: ComponentProps<ValveProps>) {
  const actuator = given.props.actuator ?? "drive";
  return (
    <SymbolView
      given={given}
      draw={({ active }) => (
        <>
          {actuator === "none" ? null : <line x1={50} y1={56} x2={50} y2={24} />}
          {actuator === "drive" ? <path d="M28 24a22 22 0 0 1 44 0Z" data-ground="" /> : null}
          {actuator === "hand" ? <path d="M32 20h36" data-line="" /> : null}
          <path d="M0 24 50 50 0 76Z" />
          <path d="M100 24 50 50l50 26Z" />
          {active ? null : <path d="M50 32v36" data-line="" />}
        </>
      )}
    />
  );
}
