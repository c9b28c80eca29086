import { act, cleanup, render, screen } from "@testing-library/react";
import { Component, type ReactNode, Suspense } from "react";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { RETRY_AFTER_MS } from "./late";
import { lateComponent } from "./late_component";

afterEach(cleanup);

const Named = ({ name }: { name: string }) => <b>{name}</b>;

class Told extends Component<{ children: ReactNode }, { error: string | null }> {
  override state = { error: null };
  static getDerivedStateFromError = (error: Error) => ({ error: error.message });
  override render() {
    return this.state.error ?? this.props.children;
  }
}

describe("a component whose code comes late", () => {
  it("draws what waits, then itself as soon as its code is here", async () => {
    let arrive = (_: typeof Named): void => {};
    const fetch = vi.fn(() => new Promise<typeof Named>((done) => (arrive = done)));
    const Late = lateComponent(fetch, <i>wait</i>);
    render(<Late name="press" />);
    expect(screen.getByText("wait")).toBeTruthy();
    await act(async () => arrive(Named));
    expect(screen.getByText("press")).toBeTruthy();
    expect(screen.queryByText("wait")).toBeNull();
    expect(fetch).toHaveBeenCalledTimes(1);
  });
  it("is drawn at once where its code was fetched before", async () => {
    const Late = lateComponent(async () => Named, <i>wait</i>);
    Late.preload();
    await Promise.resolve();
    await Promise.resolve();
    render(<Late name="press" />);
    expect(screen.getByText("press")).toBeTruthy();
  });
  it("suspends nothing: what React holds back after a wait would come 300 ms later", async () => {
    const Inner = lateComponent(async () => Named);
    const Outer = lateComponent(async () => () => <Inner name="press" />);
    const suspended = vi.fn(() => null);
    const Waiting = () => suspended();
    render(
      <Suspense fallback={<Waiting />}>
        <Outer />
      </Suspense>,
    );
    await screen.findByText("press");
    expect(suspended).not.toHaveBeenCalled();
  });
  it("tells that its code did not arrive, and fetches it again", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const fetch = vi.fn<() => Promise<typeof Named>>().mockRejectedValueOnce(new Error("away"));
    fetch.mockResolvedValue(Named);
    const Late = lateComponent(fetch);
    const heard = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => heard.mockRestore());
    render(
      <Told>
        <Late name="press" />
      </Told>,
    );
    await screen.findByText("away");
    cleanup();
    vi.setSystemTime(Date.now() + RETRY_AFTER_MS);
    render(<Late name="press" />);
    await screen.findByText("press");
  });
});
