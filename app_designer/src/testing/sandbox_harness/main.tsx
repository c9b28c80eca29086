import { createRoot } from "react-dom/client";
import type { SandboxManifest } from "../../sandbox/manifest";
import { SandboxFrame } from "../../sandbox/SandboxFrame";
import "../../styles/tokens.css";
import "../../styles/base.css";
import { blockProps } from "../block";
import { fakePlatform, Scene, signalFor, tagOf } from "../fakes";

/** What the page has heard of its frames, for the test to read. */
interface Harness {
  emitted: unknown[];
  outputs: unknown[];
  /** Pollution of prototypes and of the page's own names would be seen here. */
  secret: string;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

window.harness = { emitted: [], outputs: [], secret: "the page's own" };
// biome-ignore lint/suspicious/noDocumentCookie: a secret of the page that a frame must not read.
document.cookie = "secret=of-the-page; SameSite=Lax";
localStorage.setItem("secret", "of the page");

const manifest = (id: string): SandboxManifest => ({
  id,
  version: "1.0.0",
  name: { en: id },
  runtime: { isolation: "iframe", entry: "block.js", budget_kb: 20 },
  events: { press: { label: { en: "Pressed" }, payload: { value: "any" }, description: "" } },
  outputs: { share: { label: { en: "Share" }, type: "number", enum: [], description: "" } },
  i18n: { en: { title: "Value" } },
});

const platform = fakePlatform();
const tag = tagOf(7, { meta: { description: "Level", unit: "%" } });
platform.services.store.put(
  [[7, { v: 62, q: 0, ts: Date.now() * 1000, fresh: 0, good: null }]],
  Date.now() * 1000,
);
const inputs = { value: [signalFor(tag)] };
const ids = (new URLSearchParams(location.search).get("blocks") ?? "hostile").split(",");

function Blocks() {
  return ids.map((id) => (
    <div key={id} id={id} style={{ width: 300, height: 220, margin: 8 }}>
      <SandboxFrame
        manifest={manifest(id)}
        given={blockProps<Record<string, unknown>>({
          props: { min: 0, max: 100 },
          inputs,
          emit: (event, payload) => window.harness.emitted.push([id, event, payload]) > 0,
          output: (name, value) => window.harness.outputs.push([id, name, value]),
          text: (key) => key,
        })}
      />
    </div>
  ));
}

createRoot(document.getElementById("root") as HTMLElement).render(
  <Scene platform={platform}>
    <Blocks />
  </Scene>,
);
