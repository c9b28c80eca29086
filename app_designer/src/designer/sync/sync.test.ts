import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Draft } from "../model/contract";
import { setMember } from "../model/operations";
import { type Editor, FakeFiles, openEditor } from "../testing/fake_files";
import { draftOfPages, id, pageOf } from "../testing/fixtures";
import { dice, randomEdit } from "../testing/random_edits";
import { type JournalEntry, memoryJournal } from "./journal";
import { SAVE_WITHIN_MS } from "./sync";

const draft = () => draftOfPages(pageOf("main", 8), pageOf("other", 4, 100));
const titleOf = (from: Draft, element: string) => from.pages.main?.elements?.[element]?.props?.title;

function retitle({ model }: Pick<Editor, "model">, element: string, title: string): void {
  const state = model.getState();
  model.change(
    "title",
    setMember({ draft: state.draft, canvas: "main" }, [element], ["props", "title"], title),
  );
}

afterEach(() => {
  vi.useRealTimers();
});

describe("saving", () => {
  it("writes nothing for an app that nobody changed", async () => {
    const files = new FakeFiles(draft());
    const { sync } = await openEditor(files);
    await sync.flush();
    await sync.close();
    expect(files.writes).toBe(0);
  });

  it("writes only the file that changed, by itself, within three seconds of the first change", async () => {
    vi.useFakeTimers();
    const files = new FakeFiles(draft());
    const editor = await openEditor(files);
    for (let typed = 0; typed < 40; typed += 1) {
      retitle(editor, id(1), `Title ${typed}`);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(SAVE_WITHIN_MS).toBeLessThanOrEqual(3000);
    expect(files.writes).toBeGreaterThanOrEqual(1);
    await vi.advanceTimersByTimeAsync(SAVE_WITHIN_MS);
    expect(titleOf(files.draft(), id(1))).toBe("Title 39");
    expect(files.files.get("pages/other.json")?.by).toBe("start");
    expect(files.files.get("app.json")?.by).toBe("start");
    expect(editor.model.getState().save).toBe("saved");
    await editor.sync.close();
  });

  it("makes the edits of a version that was published meanwhile the next version, and keeps saving", async () => {
    const block = {
      format: 1 as const,
      id: "cell",
      version: 1,
      name: { en: "Cell" },
      size: { grid: { w: 3, h: 2 }, compact: { span: 2, h: 2 } } as const,
      elements: {},
      layout: { kind: "grid" as const, items: {} },
    };
    const files = new FakeFiles({ ...draft(), blocks: { "cell.1": block } });
    const { model, sync } = await openEditor(files);
    expect(model.getState().released.size).toBe(0);
    files.released.add("blocks/cell.1.json");
    model.change("name", [{ path: ["blocks", "cell.1", "name", "en"], value: "Cell, new" }]);
    await sync.flush();
    expect(model.getState().save).toBe("saved");
    expect(files.draft().blocks).toEqual({
      "cell.1": block,
      "cell.2": { ...block, version: 2, name: { en: "Cell, new" } },
    });
    expect(model.getState().released.has("cell.1")).toBe(true);
    await sync.close();
  });

  it("removes the file of a removed page and makes that of a new one", async () => {
    const files = new FakeFiles(draft());
    const { model, sync } = await openEditor(files);
    model.change("pages", [
      { path: ["pages", "other"], value: undefined },
      { path: ["pages", "fresh"], value: { ...pageOf("fresh", 1, 500) } },
    ]);
    await sync.flush();
    expect([...files.files.keys()].sort()).toEqual(["app.json", "pages/fresh.json", "pages/main.json"]);
    await sync.close();
  });

  it("says that it is offline, keeps the work, and saves it when the server is back", async () => {
    vi.useFakeTimers();
    const files = new FakeFiles(draft());
    const editor = await openEditor(files);
    files.online = false;
    retitle(editor, id(1), "Written without a server");
    await vi.advanceTimersByTimeAsync(4000);
    expect(editor.model.getState().save).toBe("offline");
    files.online = true;
    await vi.advanceTimersByTimeAsync(4000);
    expect(titleOf(files.draft(), id(1))).toBe("Written without a server");
    expect(editor.model.getState().save).toBe("saved");
    await editor.sync.close();
  });
});

describe("a crash", () => {
  it("loses nothing that was done more than a second before it", async () => {
    vi.useFakeTimers();
    const files = new FakeFiles(draft());
    const kept = new Map<string, JournalEntry>();
    const editor = await openEditor(files, memoryJournal(kept, "first"));
    files.online = false;
    retitle(editor, id(1), "Before the crash");
    editor.model.change("page", [{ path: ["pages", "other"], value: undefined }]);
    await vi.advanceTimersByTimeAsync(1000);
    // The window is gone: nothing of it runs any more, and its lock with it.
    editor.model.onEdit = () => {};
    files.online = true;
    const again = await openEditor(files, memoryJournal(kept, "second"));
    expect(again.recovered).not.toBeNull();
    expect(titleOf(again.model.getState().draft, id(1))).toBe("Before the crash");
    expect(again.model.getState().draft.pages.other).toBeUndefined();
    await again.sync.flush();
    expect(titleOf(files.draft(), id(1))).toBe("Before the crash");
    expect(kept.has("first")).toBe(false);
    await again.sync.close();
  });

  it("is not announced when all was saved", async () => {
    const files = new FakeFiles(draft());
    const kept = new Map<string, JournalEntry>();
    const editor = await openEditor(files, memoryJournal(kept, "first"));
    retitle(editor, id(1), "Saved");
    await editor.sync.flush();
    const again = await openEditor(files, memoryJournal(kept, "second"));
    expect(again.recovered).toBeNull();
    await editor.sync.close();
    await again.sync.close();
  });
});

describe("two people on one page", () => {
  it("both keep their edits to different elements", async () => {
    const files = new FakeFiles(draft());
    const [a, b] = [await openEditor(files), await openEditor(files)];
    retitle(a, id(1), "By A");
    retitle(b, id(2), "By B");
    await a.sync.flush();
    await b.sync.flush();
    await a.sync.poll();
    for (const found of [files.draft(), a.model.getState().draft, b.model.getState().draft]) {
      expect([titleOf(found, id(1)), titleOf(found, id(2))]).toEqual(["By A", "By B"]);
    }
    expect(a.model.getState().conflicts).toEqual([]);
    expect(b.model.getState().conflicts).toEqual([]);
    await a.sync.close();
    await b.sync.close();
  });

  it.each(["mine", "theirs"] as const)(
    "decide on what both changed, and %s is what all have then",
    async (choice) => {
      const files = new FakeFiles(draft());
      const [a, b] = [await openEditor(files), await openEditor(files)];
      retitle(a, id(1), "By A");
      await a.sync.flush();
      retitle(b, id(1), "By B");
      retitle(b, id(2), "Beside it");
      await b.sync.flush();
      const [conflict] = b.model.getState().conflicts;
      expect(conflict?.path).toEqual(["pages", "main", "elements", id(1)]);
      expect(b.model.getState().save).toBe("conflict");
      // Both versions are there, and what has nothing to do with it is saved.
      expect(titleOf(files.draft(), id(1))).toBe("By A");
      expect(titleOf(files.draft(), id(2))).toBe("Beside it");
      expect(titleOf(b.model.getState().draft, id(1))).toBe("By B");
      if (conflict) b.sync.resolve(conflict, choice);
      await b.sync.flush();
      const wanted = choice === "mine" ? "By B" : "By A";
      expect(titleOf(files.draft(), id(1))).toBe(wanted);
      expect(titleOf(b.model.getState().draft, id(1))).toBe(wanted);
      expect(b.model.getState()).toMatchObject({ conflicts: [], save: "saved" });
      await a.sync.close();
      await b.sync.close();
    },
  );

  it("keep an element that one deleted while the other moved it, until somebody decides", async () => {
    const files = new FakeFiles(draft());
    const [a, b] = [await openEditor(files), await openEditor(files)];
    const place = ["pages", "main", "layout", "lg", "items", id(1)];
    a.model.change("delete", [
      { path: ["pages", "main", "elements", id(1)], value: undefined },
      { path: place, value: undefined },
    ]);
    await a.sync.flush();
    b.model.change("move", [{ path: [...place, "y"], value: 40 }]);
    await b.sync.flush();
    expect(b.model.getState().draft.pages.main?.elements?.[id(1)]).toBeDefined();
    expect(b.model.getState().conflicts.map((conflict) => conflict.path.at(-1))).toContain(id(1));
    await a.sync.close();
    await b.sync.close();
  });

  it("end with the same app whatever they do, and lose no edit the other did not touch", async () => {
    const rolls = fc.array(fc.tuple(fc.boolean(), fc.nat(7), fc.nat(99), fc.nat(2)), {
      minLength: 5,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(rolls, async (edits) => {
        const files = new FakeFiles(draft());
        const [a, b] = [await openEditor(files), await openEditor(files)];
        const lastBy = new Map<number, { a?: string; b?: string }>();
        for (const [first, element, number, then] of edits) {
          const who = first ? a : b;
          const title = `${first ? "A" : "B"} ${number} ${element}`;
          retitle(who, id(element), title);
          lastBy.set(element, { ...lastBy.get(element), [first ? "a" : "b"]: title });
          if (then === 1) await who.sync.flush();
          if (then === 2) await who.sync.poll();
        }
        await settle(a, b);
        expect(a.model.getState().draft).toEqual(b.model.getState().draft);
        expect(files.draft()).toEqual(a.model.getState().draft);
        for (const [element, by] of lastBy) {
          const shown = titleOf(files.draft(), id(element));
          if (by.a === undefined || by.b === undefined) expect(shown).toBe(by.a ?? by.b);
          else expect([by.a, by.b]).toContain(shown);
        }
        await a.sync.close();
        await b.sync.close();
      }),
      { numRuns: 40 },
    );
  });

  it("end with the same app after any mixture of everything a person can do", async () => {
    const rolls = fc.array(fc.tuple(fc.boolean(), dice, fc.nat(5)), { minLength: 10, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(rolls, async (edits) => {
        const files = new FakeFiles(draft());
        const [a, b] = [await openEditor(files), await openEditor(files)];
        for (const [first, roll, then] of edits) {
          const who = first ? a : b;
          randomEdit(who.model, roll);
          if (then === 1) await who.sync.flush();
          if (then === 2) await who.sync.poll();
        }
        await settle(a, b);
        expect(a.model.getState().draft).toEqual(b.model.getState().draft);
        expect(files.draft()).toEqual(a.model.getState().draft);
        await a.sync.close();
        await b.sync.close();
      }),
      { numRuns: 25 },
    );
  });
});

/** Both save and read until nothing is open; A decides for its own side, B for the other. */
async function settle(a: Editor, b: Editor): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    for (const [who, choice] of [
      [a, "mine"],
      [b, "theirs"],
    ] as const) {
      await who.sync.flush();
      for (const conflict of who.model.getState().conflicts) who.sync.resolve(conflict, choice);
      await who.sync.flush();
      await who.sync.poll();
    }
  }
}
