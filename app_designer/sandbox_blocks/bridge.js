// Runs first in the frame of a third-party block and speaks with the page around it. Protocol 1, JSON over a port.
// Nothing here protects the page: the block shares this realm and may take the port. The page checks every word.
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closed scope, so that the block finds nothing of it.
(() => {
  const VERSION = 1;
  const HELLO = "interlock.sandbox.hello";
  const WELCOME = "interlock.sandbox.1";
  let port = null;
  let block = null;
  let mounted = false;
  let view = null;
  let inputs = {};
  let failed = false;
  let uses = 0;
  const waiting = new Map();

  const say = (message) => port?.postMessage(JSON.stringify(message));
  const fail = (error) => {
    if (failed) return;
    failed = true;
    say({ t: "error", message: String(error?.message ?? error).slice(0, 400) });
  };
  const root = () => document.getElementById("root");
  const guarded = (work) => {
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };

  const dress = () => {
    const { style, dataset } = document.documentElement;
    for (const [name, value] of Object.entries(view.theme)) {
      if (name === "color-scheme") style.colorScheme = value;
      else style.setProperty(`--${name}`, value);
    }
    document.documentElement.lang = view.language;
    dataset.compact = String(view.compact);
    dataset.enabled = String(view.enabled);
  };

  const text = (key, values = {}) =>
    (Object.hasOwn(view.texts, key) ? view.texts[key] : key).replace(/\{(\w+)\}/g, (hole, name) =>
      Object.hasOwn(values, name) ? String(values[name]) : hole,
    );

  /** What the block gets each time: its place, its values, and how to find its texts. */
  const state = () => Object.freeze({ ...view, inputs, text });

  const draw = () => {
    if (!block || !view) return;
    guarded(() => {
      if (!mounted) {
        mounted = true;
        block.mount(root(), state());
        say({ t: "ready", version: VERSION });
      } else block.update?.(root(), state());
    });
  };

  const take = (message) => {
    if (message.t === "ping") say({ t: "pong", n: message.n });
    else if (message.t === "init") {
      view = message.view;
      inputs = message.inputs;
      dress();
      // Only now, so that a block that never returns is noticed by its missing answers.
      const script = document.createElement("script");
      script.crossOrigin = "anonymous";
      script.src = message.entry;
      script.onerror = () => fail(new Error("Its script could not be loaded."));
      document.head.append(script);
    } else if (message.t === "view") {
      view = message.view;
      dress();
      draw();
    } else if (message.t === "inputs") {
      inputs = message.inputs;
      draw();
    } else if (message.t === "used") {
      waiting.get(message.n)?.({ ok: message.ok, text: message.text });
      waiting.delete(message.n);
    }
  };

  /** Asks the page to do something; it does so only when an administrator gave leave. Answers `{ok, text}`. */
  const use = (capability, given) =>
    new Promise((resolve) => {
      uses += 1;
      waiting.set(uses, resolve);
      say({ t: "use", n: uses, capability, ...given });
    });

  const api = {
    version: VERSION,
    /** Registers the block: `mount(root, state)` once, `update(root, state)` whenever something changed. */
    block: (given) => {
      if (block) throw new Error("A frame holds one block.");
      block = given;
      draw();
    },
    /** Reports an event that the manifest declares. */
    emit: (name, payload = {}) => say({ t: "emit", name, payload }),
    /** Sets an output that the manifest declares. */
    output: (name, value) => say({ t: "output", name, value }),
    /** Asks for this height, px; the block scrolls in its box when it is higher. */
    height: (px) => say({ t: "height", px }),
    /** clipboard: copies a text, after a press. */
    copy: (text) => use("clipboard", { text }),
    /** download: saves a text as a file (.txt, .csv, .json), after a press. */
    download: (name, text) => use("download", { name, text }),
    /** fullscreen: fills the screen with the block, after a press, or ends that. */
    fullscreen: (on) => use("fullscreen", { on }),
    /** storage: keeps a text in this browser, or with null tells what is kept. */
    store: (key, text = null) => use("storage", { key, text }),
  };
  Object.defineProperty(globalThis, "interlock", { value: Object.freeze(api) });

  addEventListener("error", (event) => fail(event.error ?? event.message));
  addEventListener("unhandledrejection", (event) => fail(event.reason));
  addEventListener("message", (event) => {
    // Other frames of the page can write to this window as well; only the page itself may give the port.
    if (port || event.source !== parent || event.data !== WELCOME || event.ports.length !== 1) return;
    port = event.ports[0];
    port.onmessage = ({ data }) => take(JSON.parse(data));
  });
  parent.postMessage(HELLO, "*");
})();
