import { expect, it } from "vitest";
import { hasRoom } from "./Lanes";

it("writes a word only where all of it has room", () => {
  expect([hasRoom("Running", 60), hasRoom("Running", 80)]).toEqual([false, true]);
  expect([hasRoom("运行", 40), hasRoom("运行", 52)]).toEqual([false, true]);
});
