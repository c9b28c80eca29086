import { act, cleanup, render, renderHook, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../testing/fakes";
import { loadedApp, pageOf } from "../testing/scope";
import { AppRuntime } from "./AppRuntime";
import { type DialogPage, dialogsFrom, dialogText, useDialogs } from "./dialogs";

afterEach(() => cleanup());

it("a dialog in an address comes back as it was, and nothing else does", () => {
  const dialog = { page: "press", params: { machine: "press_1", note: "a&b=c?" } };
  expect(dialogText({ page: "press", params: {} })).toBe("press");
  expect(dialogsFrom([dialogText(dialog)])).toEqual([dialog]);
  expect(dialogsFrom(["<b>", "", "../x", "Press", "press"])).toEqual([{ page: "press", params: {} }]);
  expect(dialogsFrom(Array.from({ length: 9 }, () => "press"))).toHaveLength(5);
});

it("opening is a step one can go back, closing and choosing are none", () => {
  const steps: boolean[] = [];
  const { result } = renderHook(() => {
    const [list, setList] = useState<readonly DialogPage[]>([]);
    const set = (next: readonly DialogPage[], replace: boolean) => {
      steps.push(replace);
      setList(next);
    };
    return useDialogs({ list, set });
  });
  act(() => {
    result.current.open("press", { machine: "press_1" });
    result.current.open("press", { machine: "press_2" });
  });
  act(() => result.current.setParam(1, "machine", "press_3"));
  expect(result.current.dialogs.map(({ params }) => params.machine)).toEqual(["press_1", "press_3"]);
  act(() => result.current.close(0));
  expect(result.current.dialogs.map(({ id, params }) => [id, params.machine])).toEqual([[0, "press_3"]]);
  expect(steps).toEqual([false, false, true, true]);
});

it("a page opened by its address shows the dialog, but none that may not be seen", () => {
  const home = pageOf({});
  const pages = {
    page: home,
    detail: pageOf({}, { id: "detail", title: { en: "Detail of it" } }),
    secret: pageOf({}, { id: "secret", title: { en: "Secret" }, access: { see: "admin" } }),
  };
  const list = dialogsFrom(["detail", "secret", "gone"]);
  render(
    <Scene platform={fakePlatform()}>
      <AppRuntime
        loaded={loadedApp({ pages })}
        page={home}
        params={{}}
        user={{ name: "mona", role: "operator", tenant: "" }}
        onNavigate={vi.fn()}
        onParam={vi.fn()}
        href={() => null}
        dialogs={{ list, set: vi.fn() }}
      />
    </Scene>,
  );
  expect(screen.getAllByRole("dialog", { hidden: true })).toHaveLength(1);
  expect(screen.getByText("Detail of it")).toBeTruthy();
});
