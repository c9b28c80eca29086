import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../testing/fakes";
import { SessionProvider } from "./session";
import { UserMenu } from "./UserMenu";

it("the menu of a person opens at once, and what can be chosen in it follows", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no platform in a test")));
  render(
    <Scene platform={fakePlatform()}>
      <SessionProvider>
        <UserMenu />
      </SessionProvider>
    </Scene>,
  );
  fireEvent.click(screen.getByRole("button", { name: "Account and settings" }));
  const opened = screen.getByRole("region", { name: "Account and settings" });
  expect(opened.getAttribute("aria-busy")).toBe("true");
  fireEvent.click(await screen.findByRole("button", { name: "Dark" }, { timeout: 5000 }));
  expect(document.documentElement.dataset.theme).toBe("dark");
  expect(screen.getByRole("region", { name: "Account and settings" }).getAttribute("aria-busy")).toBeNull();
});
