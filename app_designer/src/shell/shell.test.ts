import { describe, expect, it, vi } from "vitest";
import { ApiClient, csrfToken } from "../sdk/api/client";
import { ApiError, describeError } from "../sdk/api/problem";
import { translator } from "../sdk/i18n/catalogue";
import { idsFrom } from "./Explore";
import { safeNext } from "./Login";
import { setupToken } from "./Setup";

describe("addresses", () => {
  it("follow only our own after signing in", () => {
    expect(safeNext("/app/line?range=1h")).toBe("/app/line?range=1h");
    for (const evil of ["https://evil.example", "//evil.example", "/\\evil.example", null]) {
      expect(safeNext(evil)).toBe("/");
    }
  });
  it("hold the tags of the trend, each once, and nothing else", () => {
    expect(idsFrom("3,1,3,x,-2,1.5")).toEqual([3, 1]);
    expect(idsFrom(null)).toEqual([]);
    expect(idsFrom("1,2,3,4,5,6,7,8,9,10")).toHaveLength(8);
  });
  it("carry the set-up token behind the #, or as a parameter", () => {
    expect(setupToken(new URLSearchParams(), "#token=abc")).toBe("abc");
    expect(setupToken(new URLSearchParams("token=xyz"), "")).toBe("xyz");
  });
});

describe("ApiClient", () => {
  const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

  it("sends the token of the cookie back on changes only", async () => {
    expect(csrfToken("a=1; interlock_csrf=t%2F1; b=2")).toBe("t/1");
    expect(csrfToken("__Host-interlock_csrf=t2")).toBe("t2");
    vi.spyOn(document, "cookie", "get").mockReturnValue("interlock_csrf=t1");
    const fetched = vi.fn(async (_url: string, _init: RequestInit) => answer(200, {}));
    vi.stubGlobal("fetch", fetched);
    const api = new ApiClient();
    await api.login("mona", "secret");
    await api.session();
    const headers = fetched.mock.calls.map(([, init]) => init.headers as Record<string, string>);
    expect(headers[0]?.["X-Interlock-CSRF"]).toBe("t1");
    expect(headers[1]?.["X-Interlock-CSRF"]).toBeUndefined();
  });

  it("turns problems into sentences, the server's own where it has one", async () => {
    const t = translator("en");
    vi.stubGlobal("fetch", async () =>
      answer(422, {
        title: "Bad",
        detail: "The name is taken.",
        errors: [{ code: "x", path: "", message: "", hint: "Choose another." }],
      }),
    );
    const error = await new ApiClient().login("a", "b").catch((problem: unknown) => problem);
    expect(describeError(error, t)).toBe("The name is taken. Choose another.");
    expect(describeError(new ApiError(0, "", ""), t)).toContain("does not answer");
    expect(describeError(new ApiError(500, "", "Traceback…"), t)).not.toContain("Traceback");
  });

  it("tells when the session is over", async () => {
    vi.stubGlobal("fetch", async () => answer(401, {}));
    const api = new ApiClient();
    api.onSignedOut = vi.fn();
    await api.health().catch(() => undefined);
    expect(api.onSignedOut).toHaveBeenCalledTimes(1);
  });
});
