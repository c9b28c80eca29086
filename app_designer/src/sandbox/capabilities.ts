import type { Capability } from "@sdk/api/code_blocks";
import type { Use } from "./protocol";

const STORED_KEYS_MAX = 20;
const FILE_NAME = /[^\p{L}\p{N}._ -]+/gu;

export interface UseAnswer {
  ok: boolean;
  /** storage: what is kept under the key. */
  text: string | null;
}

interface Place {
  /** Id of the block: what it keeps is its own. */
  block: string;
  granted: readonly Capability[];
  /** The box on the page. */
  box: HTMLElement | null;
  /** It is being looked at in the running app: nothing is done in the designer. */
  runs: boolean;
}

const REFUSED: UseAnswer = { ok: false, text: null };

/**
 * Does for a frame what it was given leave for. The page does it, not the frame: what leaves is a text the reader may
 * read, and the frame's own policy stays as strict as without.
 */
export async function actOnUse(use: Use, place: Place): Promise<UseAnswer> {
  if (!place.granted.includes(use.capability) || !place.runs) return REFUSED;
  try {
    switch (use.capability) {
      case "storage":
        return stored(use, place.block);
      case "clipboard":
        if (!wasPressed()) return REFUSED;
        await navigator.clipboard.writeText(use.text);
        return { ok: true, text: null };
      case "download":
        if (!wasPressed()) return REFUSED;
        save(use.name, use.text);
        return { ok: true, text: null };
      case "fullscreen":
        if (use.on) await place.box?.requestFullscreen();
        else if (document.fullscreenElement === place.box) await document.exitFullscreen();
        return { ok: place.box !== null, text: null };
    }
  } catch {
    return REFUSED;
  }
}

/** A press inside the frame counts for the page around it; without one a block copies and saves nothing. */
const wasPressed = () => navigator.userActivation?.isActive ?? false;

function stored(use: Extract<Use, { capability: "storage" }>, block: string): UseAnswer {
  const prefix = `interlock.block.${block}.`;
  const key = prefix + use.key;
  if (use.text !== null) {
    const own = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
    if (!own.includes(key) && own.length >= STORED_KEYS_MAX) return REFUSED;
    localStorage.setItem(key, use.text);
  }
  return { ok: true, text: localStorage.getItem(key) };
}

/** Always a plain text file: a block cannot hand out a page or a program. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replace(FILE_NAME, "_").replace(/\.+$/, "").slice(0, 60) || "file"}${
    /\.(txt|csv|json)$/.test(name) ? "" : ".txt"
  }`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
