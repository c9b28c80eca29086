import { expect, it } from "vitest";
import { translator } from "../i18n/catalogue";
import { ApiError, describeError, problemFrom } from "./problem";

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

it("says in the reader's language what the platform says in it, and only that", async () => {
  const body = {
    detail: "The app has 2 problems.",
    detail_i18n: { "zh-CN": "应用有 2 处问题。" },
    errors: [
      { code: "reference.page", path: "/app.json", message: "No page.", hint: "Add one." },
      {
        code: "props.maximum",
        path: "/pages~1main.json",
        message: "Too large.",
        hint: "Correct it.",
        message_i18n: { "zh-CN": "数值太大。" },
        hint_i18n: { "zh-CN": "请更正。" },
      },
    ],
  };
  const error = await problemFrom(new Response(JSON.stringify(body), { status: 422 }));
  expect(describeError(error, en)).toBe("The app has 2 problems. Add one.");
  expect(describeError(error, zh)).toBe("应用有 2 处问题。"); // the first hint is English alone
  const second = await problemFrom(
    new Response(JSON.stringify({ ...body, errors: body.errors.slice(1) }), { status: 422 }),
  );
  expect(describeError(second, zh)).toBe("应用有 2 处问题。请更正。");
});
