import type { ComponentProps } from "@sdk";

export default function FineView({ emit, text }: ComponentProps) {
  return <button type="button" onClick={() => emit("press")}>{text("hello", { name: "x" })}</button>;
}
