import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../../testing/fakes";
import { AgentAccess } from "./AgentAccess";

const ENROLLED = {
  edge: "line_2",
  site: "main",
  author: "mona",
  enrolled_ts: 1e15,
  enrolled_from: "10.0.0.9",
  revoked_ts: null,
  token_expires_ts: null,
};

function shown(access: unknown[]) {
  const platform = fakePlatform();
  const asked = vi
    .spyOn(platform.services.api, "request")
    .mockImplementation(async (method: string, path: string) => {
      if (method === "POST")
        return { token: "ile_secret", edge: "line_9", site: "main", expires_ts: 1e15 } as never;
      return (path === "/edges/access" ? access : undefined) as never;
    });
  render(
    <Scene platform={platform}>
      <AgentAccess />
    </Scene>,
  );
  return asked;
}

describe("bringing in an agent", () => {
  it("shows a token once it is made, with the command that takes it", async () => {
    const asked = shown([]);
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "line_9" } });
    fireEvent.click(screen.getByRole("button", { name: "Make a token" }));
    expect(await screen.findByText("ile_secret")).toBeTruthy();
    expect(screen.getByText(/edge-agent enrol --platform/).textContent).not.toContain("ile_secret");
    expect(asked).toHaveBeenCalledWith("POST", "/edges/tokens", { edge: "line_9" });
  });
  it("asks for no token with a name that cannot be", async () => {
    const asked = shown([]);
    fireEvent.change(screen.getByRole("textbox"), { target: { value: "Line 9" } });
    fireEvent.click(screen.getByRole("button", { name: "Make a token" }));
    expect((await screen.findByRole("alert")).textContent).toContain("small letters");
    expect(asked.mock.calls.every(([method]) => method === "GET")).toBe(true);
  });
  it("takes access away at the second press", async () => {
    const asked = shown([ENROLLED]);
    fireEvent.click(await screen.findByRole("button", { name: "Take access away" }));
    expect(asked.mock.calls.every(([method]) => method === "GET")).toBe(true);
    fireEvent.click(screen.getByRole("button", { name: "Take access away" }));
    await waitFor(() => expect(asked).toHaveBeenCalledWith("DELETE", "/edges/line_2/access"));
  });
});
