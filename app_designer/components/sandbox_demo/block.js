// Example of a block from another maker: a ring that fills with the value, and a press. No library, no build.
const NS = "http://www.w3.org/2000/svg";
const RADIUS = 42;
const LENGTH = 2 * Math.PI * RADIUS;
const parts = {};
let latest = null;

function svg(name, attributes) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function ring(color, name) {
  const circle = svg("circle", { cx: 50, cy: 50, r: RADIUS, fill: "none", "stroke-width": 10 });
  circle.style.stroke = color;
  parts[name] = circle;
  return circle;
}

function share(state) {
  const value = state.inputs.value?.[0];
  const { min = 0, max = 100 } = state.props;
  if (!value?.current || typeof value.v !== "number" || max <= min) return null;
  return Math.min(1, Math.max(0, (value.v - min) / (max - min)));
}

function update(_root, state) {
  latest = state;
  const value = state.inputs.value?.[0];
  const part = share(state);
  parts.fill.style.strokeDasharray = `${(part ?? 0) * LENGTH} ${LENGTH}`;
  parts.number.textContent = value ? value.text : "—";
  parts.unit.textContent = value?.unit ?? "";
  // A value that is not current never looks like one that is.
  parts.word.textContent = value?.word ?? state.text("no_data");
  parts.button.dataset.current = String(value?.current === true);
  parts.title.textContent = state.props.title ?? value?.name ?? state.text("title");
  parts.button.disabled = !state.enabled;
  parts.button.setAttribute(
    "aria-label",
    [parts.title.textContent, parts.number.textContent, parts.unit.textContent, parts.word.textContent]
      .filter(Boolean)
      .join(" "),
  );
  interlock.output("share", part);
}

function mount(root, state) {
  const style = document.createElement("style");
  style.textContent = `
    html, body, #root { height: 100%; margin: 0 }
    body { font: 14px/1.3 system-ui, sans-serif; background: transparent; color: var(--text) }
    button { all: unset; box-sizing: border-box; width: 100%; height: 100%; padding: 10px 14px; display: flex;
      flex-direction: column; cursor: pointer }
    button:focus-visible { outline: 2px solid var(--focus); outline-offset: -4px; border-radius: 12px }
    button:disabled { color: var(--text-3); cursor: default }
    .title { font-size: var(--text-s); font-weight: 550; color: var(--text-2); overflow: hidden;
      text-overflow: ellipsis; white-space: nowrap }
    .dial { flex: 1; min-height: 0; position: relative; display: grid; place-items: center; text-align: center }
    svg { position: absolute; inset: 4px; width: calc(100% - 8px); height: calc(100% - 8px); transform: rotate(-90deg) }
    .number { font-size: var(--text-xl); font-weight: 600; font-variant-numeric: tabular-nums; text-align: center }
    .unit, .word { font-size: var(--text-xs); color: var(--text-3); font-weight: 400; display: block }
    [data-current="false"] .number { color: var(--text-3); font-weight: 400 }
    [data-current="false"] svg circle:last-child { visibility: hidden }`;
  document.head.append(style);
  const make = (name, tag = "span") => {
    parts[name] = document.createElement(tag);
    parts[name].className = name;
    return parts[name];
  };
  const dial = make("dial");
  const picture = svg("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" });
  picture.append(ring("var(--surface-3)", "ground"), ring("var(--pointer)", "fill"));
  const middle = document.createElement("span");
  middle.append(make("number"), make("unit"), make("word"));
  dial.append(picture, middle);
  const button = make("button", "button");
  button.append(make("title"), dial);
  button.onclick = () => interlock.emit("press", { value: latest?.inputs.value?.[0]?.v ?? null });
  root.append(button);
  update(root, state);
}

interlock.block({ mount, update });
