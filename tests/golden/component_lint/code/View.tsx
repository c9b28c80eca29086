import type { ComponentProps } from "@sdk";
import { secret } from "../../src/shell/session";
import confetti from "confetti";

export default function CodeView({ emit, write, output, slot, text }: ComponentProps) {
  setInterval(() => fetch("/api/v1/tags"), 1000);
  addEventListener("keydown", () => emit("keyed"));
  localStorage.setItem("a", document.cookie);
  navigator.clipboard.writeText(secret);
  document.body.requestFullscreen();
  eval("1");
  write("start", true);
  output("level", 1);
  return <p dangerouslySetInnerHTML={{ __html: confetti(text("goodbye")) }}>{slot("body")}</p>;
}
