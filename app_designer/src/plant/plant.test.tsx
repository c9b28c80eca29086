import { freeId, idFrom } from "@forms/ids";
import { ApiError } from "@sdk/api/problem";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, describe, expect, it } from "vitest";
import type { AssetType, SignalRole } from "../generated/documents.gen";
import { type FakePlatform, fakePlatform, Scene, tagOf } from "../testing/fakes";
import { lineOf } from "./CsvDialog";
import PlantScreen from "./PlantScreen";
import { acceptable, filteredRows, mappingRows, type PlantData } from "./plant_data";
import { rowsOfRole, withoutNulls, withRows } from "./value_rows";

const press: AssetType = {
  id: "press",
  name: { en: "Press", "zh-CN": "冲床" },
  roles: [
    { role: "temperature", label: { en: "Temperature", "zh-CN": "温度" }, kind: "number", unit: "°C" },
    { role: "state", label: { en: "State" } },
  ],
};
const plant: PlantData = {
  assets: [{ id: "press_1", name: "Press 1", type: "press", level: "machine" }],
  types: [press],
  roles: [{ asset: "press_1", role: "state", tag_id: 1, valid_from: 0 }],
  tags: new Map(
    [tagOf(1, { key: "press_1/state" }), tagOf(2, { key: "press_1/temp" })].map((tag) => [tag.id, tag]),
  ),
};
const suggestion = {
  asset: "press_1",
  role: "temperature",
  tag_id: 2,
  key: "press_1/temp",
  score: 0.91,
  reasons: [{ en: "The unit is °C." }],
  best: true,
};

interface Call {
  method: string;
  path: string;
  body: unknown;
}

/** A platform that answers the plant's calls and keeps them. */
function plantPlatform(answers: Record<string, unknown> = {}): { platform: FakePlatform; calls: Call[] } {
  const platform = fakePlatform();
  const calls: Call[] = [];
  const known: Record<string, unknown> = {
    "GET /assets": plant.assets,
    "GET /asset-types": plant.types,
    "GET /roles": plant.roles,
    "GET /roles/suggestions": [suggestion],
    ...answers,
  };
  platform.services.api.tags = async () => ({ tags: [...plant.tags.values()], next: null });
  platform.services.api.request = (async (method: string, path: string, body?: unknown) => {
    calls.push({ method, path, body });
    const answer = known[`${method} ${path}`] ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  }) as typeof platform.services.api.request;
  return { platform, calls };
}

const open = (
  platform: FakePlatform,
  tab: string,
  role: "builder" | "viewer" = "builder",
  language: "en" | "zh-CN" = "en",
) =>
  render(
    <Scene platform={platform} language={language}>
      <PlantScreen role={role} tab={tab} onTab={() => {}} />
    </Scene>,
  );

afterEach(() => cleanup());

describe("the mapping table", () => {
  it("has a row for every promised role, with its suggestion where it has no tag", () => {
    const rows = mappingRows(plant, [suggestion, { ...suggestion, tag_id: 1, score: 0.2, best: false }]);
    expect(rows.map((row) => [row.key, row.tag?.id ?? null, row.suggestion?.tag_id ?? null])).toEqual([
      ["press_1/temperature", null, 2],
      ["press_1/state", 1, null],
    ]);
    expect(acceptable(rows, 0.9)).toHaveLength(1);
    expect(acceptable(rows, 0.95)).toHaveLength(0);
    expect(filteredRows(rows, "温度", "all")).toHaveLength(1);
    expect(filteredRows(rows, "", "unmapped")).toHaveLength(1);
  });
  it("takes over all suggestions above a score, in one request", async () => {
    const { platform, calls } = plantPlatform();
    open(platform, "mapping");
    fireEvent.click(await screen.findByRole("button", { name: "Suggest" }));
    fireEvent.click(await screen.findByRole("button", { name: "Take all from 75 % (1)" }));
    await waitFor(() =>
      expect(calls).toContainEqual({
        method: "PUT",
        path: "/roles",
        body: { rows: [{ asset: "press_1", role: "temperature", tag_id: 2, valid_from: 0 }] },
      }),
    );
  });
  it("shows why a tag is suggested", async () => {
    const { platform } = plantPlatform();
    open(platform, "mapping");
    fireEvent.click(await screen.findByRole("button", { name: "Suggest" }));
    expect(await screen.findByText(/Fits 91 % · The unit is °C\./)).toBeTruthy();
  });
  const error = {
    code: "tag.unknown",
    path: "/lines/3/tag",
    message: "There is no such tag.",
    hint: "",
    message_i18n: { "zh-CN": "没有此标签。" },
    hint_i18n: { "zh-CN": "" },
  };
  const wrong = { added: [], changed: [], same: 0, errors: [error], written: false };
  it("says what is wrong with a line in the reader's language", async () => {
    const { platform } = plantPlatform({ "POST /roles/import": wrong });
    open(platform, "mapping", "builder", "zh-CN");
    fireEvent.click(await screen.findByRole("button", { name: "导入 CSV" }));
    const file = new File(["asset,role\n"], "roles.csv", { type: "text/csv" });
    file.text = async () => "asset,role\n";
    fireEvent.change(screen.getByLabelText("CSV 文件"), { target: { files: [file] } });
    expect(await screen.findByText(/没有此标签。/)).toBeTruthy();
    expect(screen.queryByText(/no such tag/)).toBeNull();
  });
  it("says each wrong line of a file, and writes nothing", async () => {
    const { platform, calls } = plantPlatform({ "POST /roles/import": wrong });
    open(platform, "mapping");
    fireEvent.click(await screen.findByRole("button", { name: "Import CSV" }));
    const file = new File(["asset,role\n"], "roles.csv", { type: "text/csv" });
    file.text = async () => "asset,role\n";
    fireEvent.change(screen.getByLabelText("CSV file"), { target: { files: [file] } });
    expect(await screen.findByText("Line 3")).toBeTruthy();
    expect((screen.getByRole("button", { name: "Write these changes" }) as HTMLButtonElement).disabled).toBe(
      true,
    );
    expect(calls.filter((call) => call.path === "/roles/import").map((call) => call.body)).toEqual([
      { text: "asset,role\n", dry_run: true },
    ]);
    expect(lineOf({ path: "/rows/1" })).toBe("");
  });
});

describe("the page", () => {
  it("is for builders", () => {
    const { platform } = plantPlatform();
    open(platform, "assets", "viewer");
    expect(screen.getByText("Only builders and administrators change the plant")).toBeTruthy();
  });
  it("says why it could not be loaded, and tries again", async () => {
    const { platform } = plantPlatform({ "GET /assets": new ApiError(0, "unreachable", "") });
    open(platform, "assets");
    expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
  });
  it("changes an asset and asks before it deletes one", async () => {
    const { platform, calls } = plantPlatform();
    open(platform, "assets");
    const name = await screen.findByLabelText("Name");
    fireEvent.change(name, { target: { value: "Press one" } });
    fireEvent.blur(name);
    await waitFor(() =>
      expect(calls).toContainEqual({
        method: "PUT",
        path: "/assets/press_1",
        body: { ...plant.assets[0], name: "Press one" },
      }),
    );
    fireEvent.click(await screen.findByRole("button", { name: "Delete" }));
    expect(calls.some((call) => call.method === "DELETE")).toBe(false);
    expect(screen.getByRole("alertdialog")).toBeTruthy();
  });
  it("has no serious finding for screen readers, in Chinese as well", { timeout: 30_000 }, async () => {
    for (const tab of ["assets", "types", "mapping"]) {
      const { platform } = plantPlatform();
      open(platform, tab, "builder", "zh-CN");
      await waitFor(() => expect(document.querySelector("[aria-busy]")).toBeNull());
      const found = await axe.run(document.body, {
        rules: { region: { enabled: false }, "color-contrast": { enabled: false } },
      });
      expect(
        found.violations
          .filter((one) => one.impact === "serious" || one.impact === "critical")
          .map((one) => `${tab} ${one.id} ${one.nodes[0]?.html}`),
      ).toEqual([]);
      cleanup();
    }
  });
});

describe("value texts and ids", () => {
  it("give a role its words in both languages and its colours", () => {
    const role: SignalRole = {
      role: "state",
      label: { en: "State" },
      texts: { "0": "Off" },
      texts_i18n: { "zh-CN": { "0": "关闭" } },
      colors: { "0": "off" },
    };
    expect(rowsOfRole(role)).toEqual([{ value: "0", en: "Off", zh: "关闭", tone: "off" }]);
    const next = withRows(role, [...rowsOfRole(role), { value: "2", en: "Running", zh: "", tone: "" }]);
    expect(next.texts).toEqual({ "0": "Off", "2": "Running" });
    expect(next.texts_i18n).toEqual({ "zh-CN": { "0": "关闭" } });
    expect(rowsOfRole(next)).toHaveLength(2);
    expect(withoutNulls({ decimals: null, limits: { hi: 3, lo: null }, words: ["a"] })).toEqual({
      limits: { hi: 3 },
      words: ["a"],
    });
  });
  it("are valid and free", () => {
    expect(freeId(idFrom("Öfen 3", "x"), new Set(["ofen_3"]))).toBe("ofen_3_2");
    expect(idFrom("压力机", "press")).toBe("press");
  });
});
