import type { Session } from "@sdk/api/types";
import { afterEach, expect, it } from "vitest";
import { type SessionState, sessionOf, signedOut } from "./session";

const session = { tenant: "t", user: { name: "mona", role: "viewer" }, zone: "UTC" } as unknown as Session;
const before: SessionState = { kind: "in", session };

afterEach(() => history.replaceState(null, "", "/"));

it("a sign-in that runs out leads to the sign-in", () => {
  history.replaceState(null, "", "/app/line/overview");
  expect(signedOut(before)).toEqual({ kind: "out" });
});

it("on a screen of the wall it keeps what is shown, and says whose it was", () => {
  history.replaceState(null, "", "/app/line/overview?kiosk=1");
  const after = signedOut(before);
  expect(after).toEqual({ kind: "lapsed", session });
  expect(sessionOf(signedOut(after))).toBe(session);
  expect(signedOut({ kind: "loading" })).toEqual({ kind: "out" });
});
