import { act, fireEvent, render, screen, within } from "@testing-library/react";
import { beforeAll, describe, expect, it } from "vitest";
import type { Element } from "../../generated/documents.gen";
import { fakePlatform, Scene, sampleOf, tagOf } from "../../testing/fakes";
import { loadedApp, pageOf, scopeOf } from "../../testing/scope";
import { AreaView } from "../AreaView";
import { PageTools } from "../PageTools";
import { ExplainProvider } from "./ExplainProvider";
import { withValues } from "./formula_text";

const speed = { source: "tag", asset: "press_1", role: "speed" } as const;
const temperature = { source: "tag", asset: "press_1", role: "temperature" } as const;
const formula = {
  source: "expression",
  text: "a * 2 + b",
  vars: { a: speed, b: temperature },
  transforms: [{ op: "scale", factor: 10 }],
} as unknown as NonNullable<Element["bind"]>[string];

function show(element: Element, language: "en" | "zh-CN" = "en") {
  const platform = fakePlatform();
  const page = pageOf({ el_aaaaaaaa: element });
  const tags = [
    tagOf(1, { meta: { unit: "", address: "hr 40001", scan_ms: 500 } }),
    tagOf(3, {
      meta: {
        unit: "",
        address: "hr 7",
        thinned: { by: "swinging_door", within: 0.5, silence_max_s: 60 },
      },
    }),
  ];
  const loaded = loadedApp({
    pages: { page },
    tags: new Map(tags.map((tag) => [tag.id, tag])),
  });
  const scope = scopeOf(page, { loaded, services: platform.services, language });
  render(
    <Scene platform={platform} language={language}>
      <ExplainProvider>
        <PageTools />
        <AreaView holder="page" scope={scope} />
      </ExplainProvider>
    </Scene>,
  );
  const put = (id: number, v: number | null, change = {}) =>
    act(() => platform.services.store.put([[id, sampleOf(v, change)]], Date.now() * 1000));
  return { platform, put };
}

const value = (bind: Element["bind"]): Element => ({ type: "value", props_version: 1, bind: bind ?? {} });

async function openByButton() {
  fireEvent.click(screen.getByRole("button", { name: "Explain" }));
  fireEvent.click(await screen.findByRole("button", { name: /^Explain .+/ }));
  return await screen.findByRole("dialog");
}

// Its code is loaded when first asked for; a test need not wait for that.
beforeAll(() => Promise.all([import("./ExplainPanel"), import("../../../components/value/View")]));

describe("explain this number", () => {
  it("goes back from a formula over machine and signal to the register, and stays live", async () => {
    const { put } = show(value({ "/value": formula }));
    const dialog = await openByButton();
    const seen = within(dialog);
    put(1, 3);
    put(3, 4);
    await screen.findByText(/3 \* 2 \+ 4/);
    for (const text of ["a * 2 + b", "address hr 40001", "address hr 7", "every 500 ms", "× 10 + 0"]) {
      expect(seen.getByText(text)).toBeTruthy();
    }
    expect(seen.getByText(/within ±0.5 of the line; the newest may be 60 s late/)).toBeTruthy();
    expect(seen.getAllByText("Good (code 0)")).toHaveLength(3);
    expect(seen.getByText("Press one · speed")).toBeTruthy();
    expect(seen.getAllByText("100").length).toBeGreaterThan(0);
    put(1, null, { q: 134, good: { v: 2, ts: 1e15 } });
    await seen.findAllByText("Sensor fault (code 134)");
    expect(seen.getAllByText("Last good").length).toBeGreaterThan(0);
  });
  it("opens by the context menu of the block, and says why there is nothing", async () => {
    show(value({ "/value": { ...speed, role: "pressure" } }));
    fireEvent.contextMenu(document.querySelector("[data-element] *") as HTMLElement);
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("No tag plays “pressure” at “Press one”.")).toBeTruthy();
  });
  it("leaves blocks without a binding alone; Escape ends the choice", () => {
    show(value({}));
    fireEvent.click(screen.getByRole("button", { name: "Explain" }));
    expect(screen.queryByRole("button", { name: /^Explain .+/ })).toBeNull();
    expect(screen.getByRole("status").textContent).not.toBe("");
    fireEvent.keyDown(document, { key: "Escape" });
    expect(screen.getByRole("status").textContent).toBe("");
  });
});

describe("a formula with its values", () => {
  it("takes names, not fields and not what stands in quotes", () => {
    const values = { a: "3 °C", b: "4" };
    expect(withValues("a + b.a + 'a' + max(a, b)", values)).toBe("3 °C + 4.a + 'a' + max(3 °C, 4)");
    expect(withValues("a + (", values)).toBe("3 °C + (");
    expect(withValues("'a", values)).toBe("'a");
  });
});
