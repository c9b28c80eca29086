import { setFrameScheduler } from "@sdk/bindings/frame";
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// Values are shown at once, so that a test need not wait for a frame.
setFrameScheduler((run) => run());

// jsdom has neither of these; the tests need them to exist, not to do anything.
class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", NoObserver);
vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};

afterEach(() => cleanup());
