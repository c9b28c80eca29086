import { fireEvent, render, screen } from "@testing-library/react";
import { act } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import View, { type FormProps } from "./View";

const FIELDS: NonNullable<FormProps["fields"]> = [
  { id: "batch", kind: "text", label: "Batch", required: true },
  { id: "weight", kind: "number", label: "Weight", max: 50 },
  {
    id: "ok",
    kind: "radio",
    label: "Result",
    options: [
      { value: 1, label: "Good" },
      { value: 0, label: "Bad" },
    ],
  },
  { id: "why", kind: "text", label: "Why", required: true, visible_when: { field: "ok", equals: 0 } },
];
const TARGETS = Object.fromEntries([0, 1, 2, 3].map((n) => [`values/${n}`, signalFor(tagOf(n + 1))]));
const done = async () => ({ status: "done" as const });

function show(given: Partial<Parameters<typeof blockProps<FormProps>>[0]> = {}, platform = fakePlatform()) {
  return render(
    <Scene platform={platform}>
      <View {...blockProps<FormProps>({ props: { fields: FIELDS }, targets: TARGETS, ...given })} />
    </Scene>,
  );
}
const type = (name: RegExp | string, value: string) =>
  fireEvent.change(screen.getByRole("textbox", { name }), { target: { value } });
const submit = (name = "submit") => act(async () => screen.getByRole("button", { name }).click());

describe("form", () => {
  beforeEach(() => sessionStorage.clear());

  it("writes every field that is shown and filled to its target, in order", async () => {
    const [write, emit] = [vi.fn(done), vi.fn(() => true)];
    show({ write, emit });
    type("Batch", " A7 ");
    type("Weight", "12,5");
    await submit();
    expect(write.mock.calls).toEqual([
      ["values/0", "A7"],
      ["values/1", 12.5],
    ]);
    expect(emit).toHaveBeenCalledWith("submitted", { status: "done", written: 2 });
    expect(document.querySelector("[data-state=done]")).toBeTruthy();
  });

  it("a field keeps its target when fields change places", async () => {
    const write = vi.fn(done);
    const fields = [
      { id: "b", kind: "text" as const, label: "B", no: 1 },
      { id: "a", kind: "text" as const, label: "A", no: 0 },
    ];
    show({ write, props: { fields } });
    type("A", "for 0");
    await submit();
    expect(write.mock.calls).toEqual([["values/0", "for 0"]]);
  });

  it("says what is to be mended and writes nothing before", async () => {
    const write = vi.fn(done);
    show({ write });
    type("Weight", "51");
    await submit();
    expect(write).not.toHaveBeenCalled();
    expect(screen.getAllByRole("alert").map((one) => one.textContent)).toEqual([
      "Please fill this in.",
      "At most 50 °C.",
    ]);
  });

  it("asks only for what is shown", async () => {
    const write = vi.fn(done);
    show({ write });
    expect(screen.queryByRole("textbox", { name: "Why" })).toBeNull();
    type("Batch", "A7");
    act(() => screen.getByRole("radio", { name: "Bad" }).click());
    await submit();
    expect(write).not.toHaveBeenCalled();
    type("Why", "scratched");
    await submit();
    expect(write).toHaveBeenLastCalledWith("values/3", "scratched");
  });

  it("is not sent twice", async () => {
    let finish = (_: { status: "done" }) => {};
    const write = vi.fn(
      () =>
        new Promise<{ status: "done" }>((end) => {
          finish = end;
        }),
    );
    show({ write });
    type("Batch", "A7");
    const button = screen.getByRole("button", { name: "submit" });
    await act(async () => {
      button.click();
      button.click();
    });
    expect(write).toHaveBeenCalledTimes(1);
    await act(async () => finish({ status: "done" }));
  });

  it("after a refusal sends only the rest again", async () => {
    const write = vi.fn(async (name: string) =>
      name === "values/1"
        ? { status: "refused" as const, message: "Scale is locked." }
        : { status: "done" as const },
    );
    const emit = vi.fn(() => true);
    show({ write, emit, text: (key, values) => `${key} ${values?.reason ?? ""}`.trim() });
    type("Batch", "A7");
    type("Weight", "5");
    await submit();
    expect(screen.getByText("refused Scale is locked.")).toBeTruthy();
    expect(emit).toHaveBeenCalledWith("failed", { status: "refused", written: 1 });
    write.mockClear();
    write.mockImplementation(async () => ({ status: "done" }));
    await submit("submit_rest");
    expect(write.mock.calls.map(([name]) => name)).toEqual(["values/1"]);
  });

  it("stops at an unknown outcome instead of sending on", async () => {
    const write = vi.fn(async () => ({ status: "unknown" as const }));
    show({ write });
    type("Batch", "A7");
    type("Weight", "5");
    await submit();
    expect(write).toHaveBeenCalledTimes(1);
    expect(screen.getByText(/It is not known whether this arrived/)).toBeTruthy();
  });

  it("keeps what was typed over a reload, and forgets it once it is written", async () => {
    const first = show({ write: done });
    type("Batch", "A7");
    first.unmount();
    const second = show({ write: done });
    expect((screen.getByRole("textbox", { name: "Batch" }) as HTMLInputElement).value).toBe("A7");
    expect(screen.getByText("restored")).toBeTruthy();
    await submit();
    second.unmount();
    show({ write: done });
    expect((screen.getByRole("textbox", { name: "Batch" }) as HTMLInputElement).value).toBe("");
  });

  it("without a link it waits and says so", async () => {
    const platform = fakePlatform();
    platform.services.live.linkState = (() => {
      const link = { up: false, lost_since_ms: 1 };
      return () => link;
    })();
    show({}, platform);
    expect(screen.getByText("offline")).toBeTruthy();
    expect((screen.getByRole("button", { name: "submit" }) as HTMLButtonElement).disabled).toBe(true);
  });

  it("takes a present value along, and not one that is not current", async () => {
    const platform = fakePlatform();
    platform.services.store.put([[9, sampleOf(52.4)]], Date.now() * 1000);
    const write = vi.fn(done);
    const fields: NonNullable<FormProps["fields"]> = [
      { id: "oil", kind: "snapshot", label: "Oil", required: true },
    ];
    show({ write, props: { fields }, inputs: { snapshots: [signalFor(tagOf(9))] } }, platform);
    act(() => platform.services.store.put([[9, sampleOf(null, { q: 129 })]], Date.now() * 1000));
    await submit();
    expect(write).not.toHaveBeenCalled();
    act(() => platform.services.store.put([[9, sampleOf(53)]], Date.now() * 1000));
    await submit();
    expect(write).toHaveBeenCalledWith("values/0", 53);
  });

  it("a form that leads nowhere does not say that it was saved", async () => {
    show({ targets: {} });
    type("Batch", "A7");
    await submit();
    expect(document.querySelector("[data-state=done]")).toBeNull();
    expect(screen.getByText("refused")).toBeTruthy();
  });

  it("without fields, or not available, it says so", () => {
    show({ props: {} });
    expect(screen.getByText("empty")).toBeTruthy();
    show({ enabled: false });
    expect(screen.getByText(/^Not available now/)).toBeTruthy();
  });

  it("is typed in the reader's units; what was typed in others is not taken for them", async () => {
    const write = vi.fn(done);
    const at = (units: Record<string, string>) => (
      <Scene platform={fakePlatform()} units={units}>
        <View {...blockProps<FormProps>({ props: { fields: FIELDS }, targets: TARGETS, write })} />
      </Scene>
    );
    const scene = render(at({ temperature: "°F" }));
    expect(screen.getByText("to 122 °F")).toBeTruthy();
    type("Batch", "A7");
    type("Weight", "122");
    expect(screen.getByText("to 122 °F · Stored as 50 °C")).toBeTruthy();
    scene.rerender(at({}));
    expect((screen.getByRole("textbox", { name: "Weight" }) as HTMLInputElement).value).toBe("");
    scene.rerender(at({ temperature: "°F" }));
    expect((screen.getByRole("textbox", { name: "Weight" }) as HTMLInputElement).value).toBe("122");
    await submit();
    expect(write.mock.calls.at(-1)).toEqual(["values/1", 50]);
  });
});
