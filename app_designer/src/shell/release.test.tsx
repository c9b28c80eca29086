import { act, fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../sdk/api/problem";
import { fakePlatform, Scene } from "../testing/fakes";
import { ReleaseBanner } from "./ReleaseBanner";

describe("word of another release", () => {
  it("comes when the page is looked at again, jumps nowhere, and can wait", async () => {
    const platform = fakePlatform();
    const apps = vi
      .spyOn(platform.services.api, "apps")
      .mockRejectedValueOnce(new ApiError(0, "unreachable", ""));
    const reload = vi.fn();
    const scene = (open: number) => (
      <Scene platform={platform}>
        <ReleaseBanner appId="line" open={open} reload={reload} />
      </Scene>
    );
    const { rerender } = render(scene(3));
    const look = () => act(async () => void document.dispatchEvent(new Event("visibilitychange")));
    const answer = (no: number) => apps.mockResolvedValue([{ id: "line", name: "Line", release: { no } }]);
    await look();
    answer(3);
    await look();
    expect(screen.getByRole("status").textContent).toBe("");
    answer(4);
    await look();
    expect(screen.getByText("A new version of this app is ready (release 4).")).toBeTruthy();
    expect(reload).not.toHaveBeenCalled();
    fireEvent.click(screen.getByRole("button", { name: "Show it" }));
    expect(reload).toHaveBeenCalledOnce();
    rerender(scene(4));
    expect(screen.getByRole("status").textContent).toBe("");
    answer(2);
    await look();
    fireEvent.click(screen.getByRole("button", { name: "Later" }));
    await look();
    expect(screen.getByRole("status").textContent).toBe("");
  });
});
