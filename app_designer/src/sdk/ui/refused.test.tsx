import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { ApiError } from "../api/problem";
import { LocaleContext } from "../context";
import { translator } from "../i18n/catalogue";
import { Refused } from "./Refused";

const show = (error: unknown) =>
  render(
    <LocaleContext.Provider value={{ language: "en", t: translator("en") }}>
      <Refused error={error} />
    </LocaleContext.Provider>,
  );

const problem = (n: number) => ({ code: "a.b", path: `/p/${n}`, message: `No ${n}.`, hint: `Mend ${n}.` });

it("lists the places, each with what to do, and never more than a few", () => {
  show(new ApiError(422, "a.b", "Many.", [1, 2, 3, 4, 5, 6, 7].map(problem)));
  expect(screen.getByRole("alert").textContent).toContain("Many.");
  expect(screen.getAllByRole("listitem")).toHaveLength(5);
  expect(screen.getAllByRole("listitem")[1]?.textContent).toBe("No 2. Mend 2./p/2");
});

it("is one sentence where no place is meant", () => {
  const whole = { ...problem(1), path: "" };
  show(new ApiError(422, "a.b", "No 1.", [whole]));
  expect(screen.getByRole("alert").textContent).toBe("No 1. Mend 1.");
  expect(screen.queryByRole("list")).toBeNull();
});
