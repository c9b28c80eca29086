import { render, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { blockProps } from "../../src/testing/block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "../../src/testing/fakes";
import { safeAddress } from "./Markdown";
import View, { type TextProps } from "./View";

function show(props: TextProps, v: number | null = 12) {
  const platform = fakePlatform();
  platform.services.store.put([[7, sampleOf(v, { q: v === null ? 129 : 0 })]], Date.now() * 1000);
  return render(
    <Scene platform={platform}>
      <View {...blockProps({ props, inputs: { values: [signalFor(tagOf(7))] } })} />
    </Scene>,
  );
}

describe("text", () => {
  it("keeps live values inside words, and says when they are not current", () => {
    expect(show({ text: "Oil {value}, {value_2}" }).container.textContent).toBe("Oil 12.0 °C, {value_2}");
    expect(show({ text: "Oil {value}" }, null).container.textContent).toBe("Oil — (No connection)");
  });

  it("draws headings, lists, tables and values of Markdown", async () => {
    const text = "# Head\n\n- one **{value}**\n\n1. two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n`code` ~~old~~";
    const { container } = show({ text, format: "markdown" });
    await waitFor(() => expect(container.querySelector("h2")?.textContent).toBe("Head"));
    expect(container.querySelector("li strong")?.textContent).toBe("12.0 °C");
    expect(container.querySelectorAll("td")).toHaveLength(2);
    expect(container.querySelector("code")?.textContent).toBe("code");
  });

  it("never makes markup of HTML, and leads nowhere unsafe", async () => {
    const text = [
      "<img src=x onerror=alert(1)> <script>alert(1)</script>",
      "[bad](javascript:alert(1)) [worse](data:text/html,x) ![pic](http://x/y.png) &lt;b&gt; <b>bold</b>",
      "[good](https://example.com/a?b=1&c=2)",
    ].join("\n\n");
    const { container } = show({ text, format: "markdown" });
    await waitFor(() => expect(container.querySelector("a")).not.toBeNull());
    expect(container.querySelectorAll("img, script, b, iframe")).toHaveLength(0);
    const links = [...container.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    expect(links).toEqual(["https://example.com/a?b=1&c=2"]);
    expect(container.textContent).toContain("<img src=x onerror=alert(1)>");
  });

  it.each([
    ["javascript:alert(1)", null],
    [" JaVaScRiPt:alert(1)", null],
    ["java\nscript:alert(1)", null],
    ["vbscript:x", null],
    ["data:text/html,x", null],
    ["//evil.example", null],
    ["/\\evil.example", null],
    ["/app/line", "/app/line"],
    ["https://a.example", "https://a.example"],
  ])("leads from %j to %j", (href, to) => expect(safeAddress(href)).toBe(to));
});
