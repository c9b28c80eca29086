import { setFrameScheduler } from "@sdk/bindings/frame";
import { provideUnits } from "@sdk/preferences/display_unit";
import * as units from "@sdk/units/units";
import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// Values are shown at once, so that a test need not wait for a frame.
setFrameScheduler((run) => run());

// Wishes for other units are met at once; waiting for them is tested where it is done.
provideUnits(units);

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
