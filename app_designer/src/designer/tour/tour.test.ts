import { expect, test } from "vitest";
import { placeCard } from "./Tour";

const rect = (left: number, top: number, width: number, height: number) =>
  new DOMRect(left, top, width, height);

test.each([
  ["a tab at the left", rect(0, 100, 60, 54), 1440, 900],
  ["a button at the right end of the bar", rect(1320, 8, 110, 36), 1440, 900],
  ["a whole panel", rect(1110, 52, 330, 848), 1440, 900],
  ["a bar on a phone", rect(0, 0, 390, 52), 390, 844],
  ["nothing", null, 390, 844],
])("beside %s the card is within the window", (_name, target, width, height) => {
  const { card } = placeCard(target, width, height);
  expect(card.left).toBeGreaterThanOrEqual(0);
  expect(card.left + 320).toBeLessThanOrEqual(width);
  expect(card.top).toBeGreaterThanOrEqual(0);
  expect(card.top + 220).toBeLessThanOrEqual(height);
});
