import { useServices } from "@sdk";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../../testing/fakes";
import { loadedApp, pageOf, scopeOf } from "../../testing/scope";
import { guardedWrite } from "../write";
import { useTravel } from "./context";
import { loadPast, TravelProvider } from "./TravelProvider";

const AT = 1_700_000_000_000_000;

function Probe() {
  const { past = false, live } = useServices();
  const travel = useTravel();
  return (
    <>
      <button type="button" onClick={() => travel?.depart()}>
        {past ? `past ${live.clock.now()}` : "live"}
      </button>
      <input aria-label="note" defaultValue="" />
    </>
  );
}

function show(at: number | null) {
  const platform = fakePlatform();
  vi.spyOn(platform.services.api, "request").mockResolvedValue({ ts: AT, values: [] } as never);
  const setAt = vi.fn();
  const scene = (moment: number | null) => (
    <Scene platform={platform}>
      <TravelProvider loaded={loadedApp()} at={moment} setAt={setAt}>
        <Probe />
      </TravelProvider>
    </Scene>
  );
  const { rerender } = render(scene(at));
  const go = async (moment: number | null, wait = true) => {
    if (wait) await act(async () => rerender(scene(moment)));
    else act(() => rerender(scene(moment)));
  };
  return { setAt, go };
}

describe("looking at the past", () => {
  // First of all: afterwards the code is here.
  it("shows nothing live, and keeps what was typed, while its code comes", async () => {
    const { go } = show(null);
    const typed = screen.getByRole("textbox") as HTMLInputElement;
    fireEvent.change(typed, { target: { value: "kept" } });
    await go(AT, false);
    expect(screen.queryByRole("button", { name: "live" })).toBeNull();
    await act(() => loadPast());
    expect(await screen.findByText(`past ${AT}`)).toBeTruthy();
    expect((screen.getByRole("textbox") as HTMLInputElement).value).toBe("kept");
  });
  it("gives everything inside the services of the moment, says which, and leads back in one press", async () => {
    const { setAt, go } = show(AT);
    expect(screen.getByText(`past ${AT}`)).toBeTruthy();
    expect(screen.getByText(/^As of .*\d\d:13:20/)).toBeTruthy();
    await go(AT + 60e6);
    expect(screen.getByText(`past ${AT + 60e6}`)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Back to live" }));
    expect(setAt).toHaveBeenCalledWith(null, false);
    await go(null);
    expect(screen.getByText("live")).toBeTruthy();
    expect(screen.queryByText(/^As of/)).toBeNull();
  });
  it("begins at a whole second of now", () => {
    const { setAt } = show(null);
    fireEvent.click(screen.getByText("live"));
    expect(setAt.mock.calls[0]?.[0] % 1e6).toBe(0);
  });
  it("writes nothing: the platform is not even asked", async () => {
    const { services } = fakePlatform();
    const request = vi.spyOn(services.api, "request").mockResolvedValue({} as never);
    const host = { dry: false, confirmWrite: async () => true };
    const ask = { element: "el_aaaaaaaa", write: "value", asset: "press_1", role: "speed", value: 4 };
    const write = (past: boolean) =>
      guardedWrite(scopeOf(pageOf({}), { services: { ...services, past } }), host, ask);
    expect((await write(true)).status).toBe("refused");
    expect(request).not.toHaveBeenCalled();
    await write(false).catch(() => undefined);
    expect(request).toHaveBeenCalled();
  });
});
