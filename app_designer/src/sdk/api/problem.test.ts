import { expect, it } from "vitest";
import { translator } from "../i18n/catalogue";
import { ApiError, describeError } from "./problem";

const en = translator("en");
const zh = translator("zh-CN");

it("shows the platform's own words, and what to do", () => {
  const error = new ApiError(409, "taken", "The id is taken.", [
    { code: "taken", path: "/id", message: "The id is taken.", hint: "Choose another." },
  ]);
  expect(describeError(error, en)).toBe("The id is taken. Choose another.");
  expect(describeError(error, zh)).toBe("The id is taken. Choose another.");
});

it("says in the reader's language what a status alone says", () => {
  const error = new ApiError(404, "not_found", "There is no app 'nope'.");
  expect(describeError(error, en)).toBe("There is no app 'nope'.");
  expect(describeError(error, zh)).toBe(zh("error.not_found"));
  expect(describeError(new ApiError(403, "auth.forbidden", "Not for a viewer."), zh)).toBe(
    zh("error.no_permission"),
  );
  const setup = new ApiError(403, "auth.setup", "This link was used.");
  expect(describeError(setup, zh)).toBe("This link was used.");
});

it("has words of its own where the platform gave none", () => {
  expect(describeError(new ApiError(0, "", ""), en)).toBe(en("error.unreachable"));
  expect(describeError(new ApiError(502, "", "nginx"), en)).toBe(en("error.server"));
  expect(describeError(new Error("x"), zh)).toBe(zh("error.unexpected"));
});
